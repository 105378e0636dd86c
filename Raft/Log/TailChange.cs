namespace Bayou.Raft.Log;

/// <summary>What putting entries into the tail did to those that were there.</summary>
internal enum TailChange : byte
{
    /// <summary>They follow the others.</summary>
    Appended,

    /// <summary>They take the place of all entries in the tail, and perhaps of stable ones.</summary>
    Replaced,

    /// <summary>They take the place of the end of the tail.</summary>
    Truncated,
}
