using System.Runtime.InteropServices;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Decides which message goes to which member and when it goes again. Pure: time is an argument, in ticks of 100 ns from any
/// fixed origin, and nothing here sends.
/// <para>
/// A sequence is <em>planned</em> for a member (it counts against the member's MaxInFlight and waits in its outgoing queue),
/// then <em>pushed</em> (its ack wait runs), then acknowledged and forgotten. An ack wait that runs out plans it again, past
/// MaxInFlight if need be, with a higher redelivery count; in a queue group the member that fits best then gets it. Where the policy
/// wants a single active member, nothing is planned for the others.
/// </para>
/// Invariants: every planned sequence has one owner among the members or is an orphan; a member's PendingCount is the number of
/// sequences it owns; no sequence above LastSent is planned.
/// </summary>
public sealed class DeliveryPlan
{
    private static readonly long FirstParkTicks = TimeSpan.FromMilliseconds(50).Ticks;
    private static readonly long LongestParkTicks = TimeSpan.FromSeconds(2).Ticks;

    private readonly bool _isQueueGroup;
    private readonly DeliveryPolicy _policy;
    private readonly List<PlannedMember> _members = [];
    private readonly ActiveMember _active;
    private readonly Dictionary<ulong, InFlight> _pending = [];
    private readonly SortedSet<ulong> _orphans = [];
    private readonly List<(long Expiry, ulong Sequence)> _expired = [];
    private int _rotation;
    private long _earliestExpiry = long.MaxValue;

    /// <summary>A plan without members, for a subscription or a queue group.</summary>
    public DeliveryPlan(bool isQueueGroup, DeliveryPolicy? policy = null)
    {
        _isQueueGroup = isQueueGroup;
        _policy = policy ?? DeliveryPolicy.Default;
        _active = new ActiveMember(isQueueGroup && _policy.IsSingleActive, _members);
    }

    /// <summary>Highest sequence that was planned for anybody.</summary>
    public ulong LastSent { get; private set; }

    public IReadOnlyList<PlannedMember> Members => _members;

    /// <summary>Sequences that were planned and not acknowledged.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>
    /// How much further than <see cref="LastSent"/> the members may get before long: what they can take now, or half of what they
    /// could take at most, if that is more.
    /// </summary>
    public ulong Reach
    {
        get
        {
            var (room, total) = (0L, 0L);
            foreach (var member in _members)
            {
                if (!_active.Allows(member))
                {
                    continue;
                }

                room += member.CanTakeNew ? member.State.MaxInFlight - member.PendingCount : 0;
                total += member.CanTakeNew ? member.State.MaxInFlight : 0;
            }

            return (ulong)Math.Max(room, total / 2);
        }
    }

    /// <summary>When <see cref="Expire"/> or <see cref="WakeMembers"/> has something to do next; null for never.</summary>
    public long? NextDeadline
    {
        get
        {
            var deadline = _earliestExpiry;
            foreach (var member in _members)
            {
                deadline = Math.Min(deadline, member.WakesAt ?? long.MaxValue);
            }

            return deadline == long.MaxValue ? null : deadline;
        }
    }

    /// <summary>
    /// Takes over what the log knows: the position and what is not acknowledged. The pending ones go out again once a member is
    /// there to take them, flagged as redelivered.
    /// </summary>
    public void Restore(ulong lastSent, IReadOnlyList<SequenceRange> pending)
    {
        LastSent = lastSent;
        foreach (var range in pending)
        {
            for (var sequence = range.First; sequence <= range.Last; sequence++)
            {
                _pending.Add(sequence, new InFlight { RedeliveryCount = 1 });
                _orphans.Add(sequence);
            }
        }
    }

    public void AddMember(PlannedMember member)
    {
        _members.Add(member);
        ReviseActive();
    }

    public PlannedMember? Find(MemberId id) => _members.Find(member => member.Id == id);

    /// <summary>Removes a member; what it had in flight goes to the others, or waits for the next one.</summary>
    public void RemoveMember(PlannedMember member)
    {
        _members.Remove(member);
        TakeFrom(member);
        ReviseActive();
    }

    /// <summary>Looks for members on whose inboxes nobody listened, and starts those that have waited for it long enough.</summary>
    public void WakeMembers(long now)
    {
        foreach (var member in _members)
        {
            if (member.ParkedUntil <= now)
            {
                member.ParkedUntil = null;
            }

            if (member.StartsBy <= now)
            {
                member.IsStarted = true;
            }
        }
    }

    /// <summary>Removes what was acknowledged; the number of messages that this freed.</summary>
    public int Acknowledge(SequenceRange range)
    {
        var freed = 0;
        if (range.Last - range.First >= (ulong)_pending.Count)
        {
            // A range wider than everything in flight, from a confused or hostile client: walk what is there instead.
            foreach (var sequence in _pending.Keys.Where(sequence => sequence >= range.First && sequence <= range.Last).ToList())
            {
                freed += Forget(sequence) ? 1 : 0;
            }

            return freed;
        }

        for (var sequence = range.First; sequence <= range.Last; sequence++)
        {
            freed += Forget(sequence) ? 1 : 0;
        }

        return freed;
    }

    /// <summary>Plans orphans, then new messages up to <paramref name="last"/>, for as long as a member can take them.</summary>
    public void Assign(ulong first, ulong last)
    {
        AssignOrphans();
        if (LastSent + 1 < first)
        {
            LastSent = first - 1;
        }

        while (LastSent < last && SelectForNew() is { } member)
        {
            LastSent++;
            _pending.Add(LastSent, default);
            Give(LastSent, member);
        }
    }

    /// <summary>
    /// Plans again whatever was pushed an ack wait ago. What retention has taken meanwhile, everything below
    /// <paramref name="firstSequence"/>, counts as acknowledged then, and not before: the client may still be at work on it.
    /// </summary>
    public void Expire(long now, ulong firstSequence)
    {
        if (now < _earliestExpiry)
        {
            return;
        }

        _earliestExpiry = long.MaxValue;
        _expired.Clear();
        foreach (var (sequence, entry) in _pending)
        {
            if (entry.Expiry == InFlight.NotPushed || (!_isQueueGroup && !entry.Owner!.Answers))
            {
                continue;
            }

            if (entry.Expiry <= now)
            {
                _expired.Add((entry.Expiry, sequence));
            }
            else
            {
                _earliestExpiry = Math.Min(_earliestExpiry, entry.Expiry);
            }
        }

        _expired.Sort();
        foreach (var (_, sequence) in _expired)
        {
            if (sequence < firstSequence)
            {
                Forget(sequence);
            }
            else
            {
                Redeliver(sequence);
            }
        }
    }

    /// <summary>The client of some members began or ceased to answer its heartbeats.</summary>
    public void SetHealth(ClientId client, bool answers)
    {
        foreach (var member in _members.Where(member => member.State.Client == client))
        {
            member.Answers = answers;
            if (answers)
            {
                member.ParkedUntil = null;
                _earliestExpiry = 0;
            }
        }

        ReviseActive();
    }

    /// <summary>The next sequence to push to <paramref name="member"/>; it stays next until it is taken or dropped.</summary>
    public bool TryPeek(PlannedMember member, out ulong sequence, out uint redeliveryCount)
    {
        while (member.Outgoing.TryPeek(out sequence))
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry) && entry.Owner == member && entry.Expiry == InFlight.NotPushed)
            {
                redeliveryCount = entry.RedeliveryCount;
                return true;
            }

            member.Outgoing.Dequeue();
        }

        redeliveryCount = 0;
        return false;
    }

    /// <summary>The sequence that <see cref="TryPeek"/> named is pushed now.</summary>
    public void Take(PlannedMember member, long now)
    {
        var sequence = member.Outgoing.Dequeue();
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
        entry.Expiry = now + _policy.WaitAfter(entry.RedeliveryCount, member.State.AckWait).Ticks;
        _earliestExpiry = Math.Min(_earliestExpiry, entry.Expiry);
    }

    /// <summary>The sequence that <see cref="TryPeek"/> named is gone from the channel.</summary>
    public void Drop(PlannedMember member) => Forget(member.Outgoing.Dequeue());

    /// <summary>A push reached its connection.</summary>
    public static void Delivered(PlannedMember member) => member.ParkCount = 0;

    /// <summary>
    /// A push found nobody on the inbox: its sequences wait, as if they had not been pushed, and the member is left alone for a while.
    /// <paramref name="mayHaveArrived"/>: nobody knows, so that they go out as redelivered.
    /// </summary>
    public void Return(PlannedMember member, IReadOnlyCollection<ulong> sequences, long now, bool mayHaveArrived = false)
    {
        var outgoing = new Queue<ulong>(sequences.Count + member.Outgoing.Count);
        foreach (var sequence in sequences)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry) && entry.Owner == member)
            {
                entry.Expiry = InFlight.NotPushed;
                entry.RedeliveryCount += mayHaveArrived ? 1U : 0;
                outgoing.Enqueue(sequence);
            }
        }

        foreach (var sequence in member.Outgoing)
        {
            outgoing.Enqueue(sequence);
        }

        member.Outgoing = outgoing;
        member.ParkedUntil = now + Math.Min(LongestParkTicks, FirstParkTicks << Math.Min(member.ParkCount++, 8));
    }

    /// <summary>What a member had in flight goes to others. What they get before anything new keeps its order.</summary>
    private void TakeFrom(PlannedMember member)
    {
        foreach (var sequence in _pending.Keys)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
            if (entry.Owner == member)
            {
                if (entry.Expiry != InFlight.NotPushed)
                {
                    entry.RedeliveryCount++;
                }

                entry.Owner = null;
                entry.Expiry = InFlight.NotPushed;
                _orphans.Add(sequence);
            }
        }

        member.PendingCount = 0;
        member.Outgoing.Clear();
    }

    /// <summary>Where only one member is served and another one takes its place, that one begins with what the former has not acknowledged.</summary>
    private void ReviseActive()
    {
        if (_active.TryReplace(out var former))
        {
            TakeFrom(former);
        }
    }

    private void AssignOrphans()
    {
        while (_orphans.Count > 0)
        {
            // A resume and a transfer disregard MaxInFlight, as redelivery does.
            if (SelectForRedelivery(null) is not { } member)
            {
                return;
            }

            var sequence = _orphans.Min;
            _orphans.Remove(sequence);
            Give(sequence, member);
        }
    }

    private void Give(ulong sequence, PlannedMember member)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
        if (sequence < member.LastSent && entry.RedeliveryCount == 0)
        {
            // It was another member's, who never got it. To this one it comes after later messages, and a new message never does.
            entry.RedeliveryCount = 1;
        }

        entry.Owner = member;
        entry.Expiry = InFlight.NotPushed;
        member.PendingCount++;
        member.LastSent = Math.Max(member.LastSent, sequence);
        member.Outgoing.Enqueue(sequence);
    }

    private void Redeliver(ulong sequence)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_pending, sequence);
        var owner = entry.Owner!;
        var target = _isQueueGroup ? SelectForRedelivery(owner) ?? owner : owner;
        owner.PendingCount--;
        entry.RedeliveryCount++;
        Give(sequence, target);
    }

    private bool Forget(ulong sequence)
    {
        if (!_pending.Remove(sequence, out var entry))
        {
            return false;
        }

        if (entry.Owner is { } owner)
        {
            owner.PendingCount--;
        }
        else
        {
            _orphans.Remove(sequence);
        }

        return true;
    }

    private PlannedMember? SelectForNew()
    {
        if (_members.Count == 1)
        {
            return _members[0].CanTakeNew && (!_isQueueGroup || _members[0].Answers) ? _members[0] : null;
        }

        return SelectFewestPending(static member => member.CanTakeNew && member.Answers);
    }

    private PlannedMember? SelectForRedelivery(PlannedMember? owner) =>
        SelectFewestPending(static member => member.CanTakeNew && member.Answers)
        ?? SelectFewestPending(static member => member.IsStarted && member.Answers && member.ParkedUntil is null)
        ?? owner
        ?? SelectFewestPending(static member => member.IsStarted);

    private PlannedMember? SelectFewestPending(Func<PlannedMember, bool> eligible)
    {
        PlannedMember? best = null;
        var bestIndex = 0;
        for (var i = 0; i < _members.Count; i++)
        {
            var index = (_rotation + i) % _members.Count;
            var member = _members[index];
            if (eligible(member) && _active.Allows(member) && (best is null || member.PendingCount < best.PendingCount))
            {
                (best, bestIndex) = (member, index);
            }
        }

        if (best is not null)
        {
            _rotation = bestIndex + 1;
        }

        return best;
    }

    private struct InFlight
    {
        /// <summary>Planned, waiting to be pushed: no ack wait runs.</summary>
        public const long NotPushed = 0;

        public PlannedMember? Owner;
        public long Expiry;
        public uint RedeliveryCount;
    }
}
