namespace Bayou.Storage.Journal;

[Flags]
internal enum BatchFlags : ushort
{
    None = 0,

    /// <summary>An empty batch after an idle moment.</summary>
    Seal = 1,

    /// <summary>The last batch of its file: the next file exists.</summary>
    Roll = 2,
}
