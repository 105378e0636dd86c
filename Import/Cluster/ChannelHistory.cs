using Bayou.Import.Subscriptions;
using Bayou.Import.Wire;

namespace Bayou.Import.Cluster;

/// <summary>What the commands of a Raft log make of one channel, by the rules of the server.</summary>
internal sealed class ChannelHistory(ulong lastStored)
{
    private const int SequenceStart = 3;

    private readonly List<ChannelMessage> _messages = [];

    public SubscriptionTable Subscriptions { get; } = new();

    /// <summary>Messages that are not in the channel's files.</summary>
    public IReadOnlyList<ChannelMessage> Messages => _messages;

    public void Publish(ChannelMessage message)
    {
        if (message.Sequence > lastStored)
        {
            _messages.Add(message);
        }
    }

    public void Restore(SubscriptionSnapshot snapshot)
    {
        var subscription = Subscriptions.Create(snapshot.State);
        subscription.Pending.UnionWith(snapshot.Pending);
    }

    public void Subscribe(AddSubscription command)
    {
        var request = command.Request;
        var isDurable = request.DurableName.Length > 0;
        var isQueue = request.QueueGroup.Length > 0;
        var state = new SubState
        {
            Id = command.Id,
            ClientId = request.ClientId,
            QueueGroup = isQueue && isDurable ? $"{request.DurableName}:{request.QueueGroup}" : request.QueueGroup,
            DurableName = isQueue ? string.Empty : request.DurableName,
            Inbox = request.Inbox,
            AckInbox = command.AckInbox,
            MaxInFlight = request.MaxInFlight,
            AckWaitSeconds = request.AckWaitSeconds,
            IsDurable = isDurable,
        };
        if (Subscriptions.Find(known => Resumes(known.State, state)) is { } offline)
        {
            state.Id = offline.State.Id;
            state.LastSent = offline.State.LastSent;
            Subscriptions.Update(state);
            return;
        }

        // Who joins a group begins where the group is.
        var joins = isQueue && Subscriptions.Find(known => IsSameGroup(known.State, state)) is not null;
        state.LastSent = !joins && request.StartPosition == SequenceStart && request.StartSequence > 0 ? request.StartSequence - 1 : 0;
        Subscriptions.Create(state);
    }

    public void Track(SentAndAcknowledged command)
    {
        if (Subscriptions.Find(known => known.State.AckInbox == command.AckInbox)?.State.Id is not { } id)
        {
            return;
        }

        foreach (var sequence in command.Sent)
        {
            Subscriptions.Send(id, sequence);
        }

        foreach (var sequence in command.Acknowledged)
        {
            Subscriptions.Acknowledge(id, sequence);
        }
    }

    /// <summary>Ends the subscription with this inbox of either kind. A durable's position is kept unless <paramref name="remove"/> says otherwise.</summary>
    public void End(string inbox, bool remove)
    {
        var ended = Subscriptions.Find(known => known.State.AckInbox == inbox) ?? Subscriptions.Find(known => known.State.Inbox == inbox);
        if (ended is { State.IsClosed: false })
        {
            End(ended, remove);
        }
    }

    public void EndAllOf(string client)
    {
        foreach (var subscription in Subscriptions.All.Where(known => known.State.ClientId == client && !known.State.IsClosed).ToList())
        {
            End(subscription, remove: false);
        }
    }

    private void End(StoredSubscription ended, bool remove)
    {
        var other = ended.IsQueueMember
            ? Subscriptions.Find(known => known != ended && !known.State.IsClosed && IsSameGroup(known.State, ended.State))
            : null;
        if (other is not null)
        {
            other.State.LastSent = Math.Max(other.State.LastSent, ended.State.LastSent);
            Subscriptions.Remove(ended.State.Id);
        }
        else if (ended.IsDurable && !remove)
        {
            ended.State.IsClosed = true;
        }
        else
        {
            Subscriptions.Remove(ended.State.Id);
        }
    }

    private static bool Resumes(SubState known, SubState wanted) =>
        known.IsClosed && wanted.IsDurable
        && (wanted.QueueGroup.Length > 0
            ? IsSameGroup(known, wanted)
            : known.QueueGroup.Length == 0 && known.DurableName == wanted.DurableName && known.ClientId == wanted.ClientId);

    private static bool IsSameGroup(SubState one, SubState other) =>
        one.QueueGroup == other.QueueGroup && one.IsDurable == other.IsDurable;
}
