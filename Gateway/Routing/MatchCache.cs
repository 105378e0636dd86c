namespace Bayou.Gateway.Routing;

/// <summary>
/// The matches of the last few hundred subjects that one publisher used. Owned by one thread of control, so that a repeated
/// subject costs one hash and one comparison and touches nothing shared but the tree's generation number.
/// </summary>
internal sealed class MatchCache
{
    private const int MinSlotCount = 16;
    private const int MaxSlotCount = 512;

    // Most connections never publish, so this starts with nothing and grows only when two subjects want the same slot.
    private Slot[] _slots = [];

    /// <summary>The match of a subject, from here or from the tree.</summary>
    public MatchResult Get(SubjectTree tree, ReadOnlySpan<byte> subject)
    {
        if (_slots.Length == 0) _slots = new Slot[MinSlotCount];
        uint hash = SubjectHash.Compute(subject);
        ref Slot slot = ref _slots[hash & (uint)(_slots.Length - 1)];
        long generation = tree.Generation;
        bool isCurrent = slot.Generation == generation && slot.Result is not null;
        if (isCurrent && slot.Hash == hash && subject.SequenceEqual(slot.Result!.Subject)) return slot.Result;

        var fresh = new Slot { Hash = hash, Generation = generation, Result = tree.Match(subject) };
        if (isCurrent && _slots.Length < MaxSlotCount) Grow();
        _slots[hash & (uint)(_slots.Length - 1)] = fresh;
        return fresh.Result;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        foreach (Slot slot in old)
        {
            if (slot.Result is not null) _slots[slot.Hash & (uint)(_slots.Length - 1)] = slot;
        }
    }

    private struct Slot
    {
        public uint Hash;
        public long Generation;
        public MatchResult? Result;
    }
}
