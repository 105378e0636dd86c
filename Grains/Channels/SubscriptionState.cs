using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;

namespace Bayou.Grains.Channels;

/// <summary>
/// A subscription, or a queue group with its members, as the channel's log knows it.
/// Invariant: every sequence up to <see cref="LastSent"/> that is not in <see cref="Pending"/> was acknowledged or is gone.
/// </summary>
public sealed class SubscriptionState
{
    private readonly List<MemberState> _members = [];

    public required ulong Number { get; init; }

    public required string DurableName { get; init; }

    public required string QueueGroup { get; init; }

    /// <summary>Of a plain durable: whose it is. Of others: the client that created it.</summary>
    public required ClientId Client { get; init; }

    public ulong LastSent { get; private set; }

    /// <summary>Nothing beyond this was sent: a subscription goes no further before the log says that it may.</summary>
    public ulong ReservedTo { get; private set; }

    public RangeSet Pending { get; } = new();

    public IReadOnlyList<MemberState> Members => _members;

    /// <summary>The member that left last, shown while a durable has none.</summary>
    public MemberState? LastMember { get; private set; }

    public bool IsDurable => DurableName.Length > 0;

    public bool IsQueueGroup => QueueGroup.Length > 0;

    internal static SubscriptionState From(SubscriptionRecord record)
    {
        var state = new SubscriptionState
        {
            Number = record.Number,
            DurableName = record.DurableName,
            QueueGroup = record.QueueGroup,
            Client = new ClientId(record.ClientId),
            LastSent = record.LastSent,
            ReservedTo = record.ReservedTo,
            LastMember = record.LastMember is { } last ? MemberState.From(last) : null,
        };
        foreach (var range in record.Pending)
        {
            state.Pending.Add(new SequenceRange(range.First, range.Last));
        }

        foreach (var member in record.Members)
        {
            state._members.Add(MemberState.From(member));
        }

        return state;
    }

    internal SubscriptionRecord ToRecord()
    {
        var record = new SubscriptionRecord
        {
            Number = Number,
            DurableName = DurableName,
            QueueGroup = QueueGroup,
            ClientId = Client.Value,
            LastSent = LastSent,
            ReservedTo = ReservedTo,
            LastMember = LastMember?.ToRecord(),
        };
        foreach (var range in Pending.Ranges)
        {
            record.Pending.Add(new Log.Range { First = range.First, Last = range.Last });
        }

        foreach (var member in _members)
        {
            record.Members.Add(member.ToRecord());
        }

        return record;
    }

    internal void Add(MemberState member)
    {
        _members.Add(member);
        LastMember = null;
    }

    internal void Remove(MemberId member)
    {
        var index = _members.FindIndex(candidate => candidate.Id == member);
        if (index < 0)
        {
            return;
        }

        LastMember = _members[index];
        _members.RemoveAt(index);
    }

    internal void Advance(Progress progress, ulong firstSequence)
    {
        // What is below the first message was skipped, or is gone since.
        var first = Math.Max(LastSent + 1, firstSequence);
        if (first <= progress.LastSent)
        {
            Pending.Add(new SequenceRange(first, progress.LastSent));
        }

        LastSent = Math.Max(LastSent, progress.LastSent);

        ReservedTo = progress.ReservedTo;
        foreach (var range in progress.Acknowledged)
        {
            Pending.Remove(new SequenceRange(range.First, range.Last));
        }
    }

    internal void TrimBelow(ulong firstSequence)
    {
        if (firstSequence > 0)
        {
            Pending.Remove(new SequenceRange(0, firstSequence - 1));
        }
    }
}
