namespace Bayou.Gateway.Routing;

/// <summary>
/// The matches of the last few hundred subjects that one publisher used. Owned by one thread of control, so that a repeated
/// subject costs one hash and one comparison and touches nothing shared but the tree's generation number.
/// </summary>
internal sealed class MatchCache
{
    private const int SlotCount = 512;
    private readonly Slot[] _slots = new Slot[SlotCount];

    /// <summary>The match of a subject, from here or from the tree.</summary>
    public MatchResult Get(SubjectTree tree, ReadOnlySpan<byte> subject)
    {
        uint hash = SubjectHash.Compute(subject);
        ref Slot slot = ref _slots[hash % SlotCount];
        long generation = tree.Generation;
        if (slot.Hash == hash && slot.Generation == generation && slot.Result is { } cached && subject.SequenceEqual(cached.Subject))
        {
            return cached;
        }

        MatchResult result = tree.Match(subject);
        slot = new Slot { Hash = hash, Generation = generation, Result = result };
        return result;
    }

    private struct Slot
    {
        public uint Hash;
        public long Generation;
        public MatchResult? Result;
    }
}
