using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// Whether a connection may publish to the subjects that it used last: 128 of them, as in nats-server. Owned by its read loop. It keeps its
/// memory, so that a message costs no allocation even where subjects push each other out.
/// </summary>
internal sealed class PublishVerdicts(PublishRules rules)
{
    private const int SlotCount = 128;

    /// <summary>Longer subjects are judged anew each time; they would make a connection's memory large.</summary>
    private const int MaxSubjectBytes = 256;

    // Most connections never publish.
    private Slot[]? _slots;

    public bool Allow(ReadOnlySpan<byte> subject)
    {
        if (subject.Length > MaxSubjectBytes) return rules.Allow(subject);
        uint hash = SubjectHash.Compute(subject);
        ref Slot slot = ref (_slots ??= new Slot[SlotCount])[hash % SlotCount];
        if (slot.Hash == hash && slot.Subject is { } known && subject.SequenceEqual(known.AsSpan(0, slot.Length))) return slot.IsAllowed;

        bool isAllowed = rules.Allow(subject);
        if (slot.Subject is null || slot.Subject.Length < subject.Length) slot.Subject = new byte[subject.Length];
        subject.CopyTo(slot.Subject);
        slot.Length = subject.Length;
        slot.Hash = hash;
        slot.IsAllowed = isAllowed;
        return isAllowed;
    }

    private struct Slot
    {
        public byte[]? Subject;
        public int Length;
        public uint Hash;
        public bool IsAllowed;
    }
}
