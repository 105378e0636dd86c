namespace Bayou.Storage.Journal;

/// <summary>What the writer does with a write, apart from data.</summary>
internal enum JournalCommand
{
    Write,

    /// <summary>Nothing; its completion tells that all before it is durable.</summary>
    Barrier,

    /// <summary>Go on in a new file; everything before belongs to the checkpoint that asked.</summary>
    Roll,

    /// <summary>Follow the last batch by an empty one, so that damage to it cannot be mistaken for an unfinished write.</summary>
    Seal,
}
