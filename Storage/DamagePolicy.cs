namespace Bayou.Storage;

/// <summary>What a store does about acknowledged data that it cannot read.</summary>
public enum DamagePolicy
{
    /// <summary>
    /// It refuses to open, names file and offset, and changes nothing. For a silo that holds the only replica: an operator has to
    /// bring the file back.
    /// </summary>
    Refuse = 0,

    /// <summary>
    /// It opens, hands out what can be trusted, and says per group what may be missing. For a silo whose groups have replicas
    /// elsewhere to be repaired from.
    /// </summary>
    Report = 1,
}
