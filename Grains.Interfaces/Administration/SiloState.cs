namespace Bayou.Grains.Interfaces.Administration;

/// <summary>How a silo is, as seen from another.</summary>
public enum SiloState
{
    /// <summary>It was not heard of since the silo that was asked has started.</summary>
    Unknown,

    Alive,

    /// <summary>It was heard of, and is not any more.</summary>
    Dead,
}
