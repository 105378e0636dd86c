namespace Bayou.Storage;

/// <summary>What a record of the journal says about its group.</summary>
public enum JournalRecordKind : byte
{
    None = 0,

    /// <summary>An entry of the group's replicated log. It replaces every entry of the same or a higher index before it.</summary>
    Entry = 1,

    /// <summary>Term, vote and commit index; the last one counts.</summary>
    HardState = 2,

    /// <summary>The silo has a replica of the group from here on.</summary>
    GroupCreated = 3,

    /// <summary>The silo's replica of the group is gone, with its messages. The group's id is never used again.</summary>
    GroupDeleted = 4,

    /// <summary>State and messages as of an index, from another replica. It replaces everything the group had.</summary>
    Snapshot = 5,

    /// <summary>Like <see cref="GroupDeleted"/>, but the messages were moved aside, and the group may begin anew.</summary>
    GroupQuarantined = 6,

    /// <summary>What the store found missing when it was opened: what follows was written with that knowledge.</summary>
    Fault = 7,
}
