namespace Bayou.Gateway.Protocol;

/// <summary>How far a parser came.</summary>
public enum ParseStatus
{
    /// <summary>The input is used up.</summary>
    Complete,

    /// <summary>The input ends within an operation; what is left must be offered again with more behind it.</summary>
    NeedMoreData,

    /// <summary>The client is wrong; nothing after this can be understood.</summary>
    ProtocolError,
}
