namespace Bayou.Grains.Interfaces.Administration;

/// <summary>What came of an action on the cluster.</summary>
public enum AdminOutcome
{
    /// <summary>It is decided. What follows from it, such as moving data, may still go on.</summary>
    Done,

    /// <summary>Everything was as asked already.</summary>
    Unchanged,

    /// <summary>The request does not say what it is about.</summary>
    Incomplete,

    /// <summary>The request names something that is not there.</summary>
    NotFound,

    /// <summary>It is not possible as things stand; nothing was changed.</summary>
    Refused,

    /// <summary>There is no majority to decide it, or nobody answered in time.</summary>
    Unavailable,
}
