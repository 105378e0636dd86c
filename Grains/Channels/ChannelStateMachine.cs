using Bayou.Grains.Channels.Log;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Channels;

/// <summary>
/// What the entries of a channel's log amount to: positions, totals and subscriptions. Pure: the same entries give the same
/// state on every replica; messages themselves lie in the segments.
/// Invariant: sequences FirstSequence..LastSequence are stored without a gap; an empty channel has First = Last + 1.
/// </summary>
public sealed class ChannelStateMachine
{
    private readonly SortedDictionary<ulong, SubscriptionState> _subscriptions = [];
    private readonly SortedDictionary<ulong, OriginState> _origins = [];

    public ChannelStateMachine(string name) => Name = name;

    public string Name { get; private set; }

    public ulong FirstSequence { get; private set; } = 1;

    public ulong LastSequence { get; private set; }

    /// <summary>Timestamp of the last message, Unix nanoseconds; 0 before the first.</summary>
    public long LastTimestamp { get; private set; }

    public long MessageCount => (long)(LastSequence + 1 - FirstSequence);

    /// <summary>Bytes of the stored messages as <see cref="Accounting"/> reckons them.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>The next number for a subscription or a member; numbers are never used twice.</summary>
    public ulong NextNumber { get; private set; } = 1;

    public IReadOnlyCollection<SubscriptionState> Subscriptions => _subscriptions.Values;

    /// <summary>The channel is over: nothing is taken any more, and who wants to use it has to wait for its successor.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>What counts against <c>max_subs</c>: every member, and every durable without one.</summary>
    public int SubscriptionCount => _subscriptions.Values.Sum(subscription => Math.Max(1, subscription.Members.Count));

    /// <summary>Some client is there to receive. An offline durable is nobody.</summary>
    public bool HasActiveSubscription => _subscriptions.Values.Any(subscription => subscription.Members.Count > 0);

    public SubscriptionState? Find(ulong number) => _subscriptions.GetValueOrDefault(number);

    /// <summary>What is remembered of a gateway's batches; null for nothing.</summary>
    internal OriginState? FindOrigin(ulong origin) => _origins.GetValueOrDefault(origin);

    /// <summary>The gateways whose batches are remembered.</summary>
    internal IReadOnlyDictionary<ulong, OriginState> Origins => _origins;

    /// <summary>
    /// Takes a batch that the leader stamped. It must begin right behind the last message, and must not be one that is stored
    /// already: the leader recognises repetitions before it proposes. False if the channel has ended.
    /// </summary>
    public bool Apply(in RecordBatch batch)
    {
        if (IsEnded)
        {
            return false;
        }

        if (batch.BaseSequence != LastSequence + 1)
        {
            throw new InvalidOperationException(
                $"A batch of channel {Name} begins at {batch.BaseSequence}, but the last message is {LastSequence}.");
        }

        Remember(batch);
        LastSequence = batch.LastSequence;
        LastTimestamp = batch.Timestamp;
        Bytes += batch.AccountedBytes;
        return true;
    }

    /// <summary>Takes a command other than a batch. False if the channel has ended.</summary>
    internal bool Apply(ChannelCommand command)
    {
        if (IsEnded)
        {
            return false;
        }

        switch (command.CommandCase)
        {
            case ChannelCommand.CommandOneofCase.CreateSubscription:
                Create(command.CreateSubscription);
                break;
            case ChannelCommand.CommandOneofCase.AddMember:
                Claim(command.AddMember.Member.Id);
                Find(command.AddMember.Subscription)?.Add(MemberState.From(command.AddMember.Member));
                break;
            case ChannelCommand.CommandOneofCase.RemoveMember:
                Find(command.RemoveMember.Subscription)?.Remove(new(command.RemoveMember.Member));
                break;
            case ChannelCommand.CommandOneofCase.RemoveSubscription:
                _subscriptions.Remove(command.RemoveSubscription.Subscription);
                break;
            case ChannelCommand.CommandOneofCase.Progress:
                Find(command.Progress.Subscription)?.Advance(command.Progress, FirstSequence);
                break;
            case ChannelCommand.CommandOneofCase.Trim:
                TrimTo(command.Trim);
                break;
            case ChannelCommand.CommandOneofCase.ForgetOrigins:
                foreach (var origin in command.ForgetOrigins.Origins)
                {
                    _origins.Remove(origin);
                }

                break;
            case ChannelCommand.CommandOneofCase.End:
                IsEnded = (command.End.WithMessages || command.End.LastSequence == LastSequence)
                    && command.End.NextNumber == NextNumber && !HasActiveSubscription;
                break;
            default:
                throw new InvalidOperationException($"The log of channel {Name} holds a command unknown here: {command.CommandCase}.");
        }

        return true;
    }

    internal static ChannelStateMachine Restore(ReadOnlySpan<byte> bytes)
    {
        var state = ChannelState.Parser.ParseFrom(bytes);
        var machine = new ChannelStateMachine(state.Name)
        {
            FirstSequence = state.FirstSequence,
            LastSequence = state.LastSequence,
            LastTimestamp = state.LastTimestamp,
            Bytes = state.Bytes,
            NextNumber = state.NextNumber,
            IsEnded = state.IsEnded,
        };
        foreach (var subscription in state.Subscriptions)
        {
            machine._subscriptions.Add(subscription.Number, SubscriptionState.From(subscription));
        }

        foreach (var origin in state.Origins)
        {
            machine._origins.Add(origin.Origin, OriginState.From(origin));
        }

        return machine;
    }

    internal byte[] Save()
    {
        var state = new ChannelState
        {
            Name = Name,
            FirstSequence = FirstSequence,
            LastSequence = LastSequence,
            LastTimestamp = LastTimestamp,
            Bytes = Bytes,
            NextNumber = NextNumber,
            IsEnded = IsEnded,
        };
        state.Subscriptions.AddRange(_subscriptions.Values.Select(subscription => subscription.ToRecord()));
        state.Origins.AddRange(_origins.Select(origin => origin.Value.ToRecord(origin.Key)));
        return state.ToByteArray();
    }

    /// <summary>Batches without an origin come from nobody who would send them again.</summary>
    private void Remember(in RecordBatch batch)
    {
        if (batch.Origin == 0)
        {
            return;
        }

        if (!_origins.TryGetValue(batch.Origin, out var origin))
        {
            _origins.Add(batch.Origin, origin = new OriginState());
        }

        if (batch.BatchNumber <= origin.LastNumber)
        {
            throw new InvalidOperationException(
                $"Batch {batch.BatchNumber} of a gateway would be stored twice in channel {Name}: {origin.LastNumber} is there.");
        }

        origin.Add(batch.BatchNumber, batch.BaseSequence, batch.Timestamp);
    }

    private void Create(SubscriptionRecord record)
    {
        Claim(record.Number);
        foreach (var member in record.Members)
        {
            Claim(member.Id);
        }

        _subscriptions.Add(record.Number, SubscriptionState.From(record));
    }

    private void Claim(ulong number) => NextNumber = Math.Max(NextNumber, number + 1);

    private void TrimTo(Trim trim)
    {
        if (trim.FirstSequence <= FirstSequence)
        {
            return;
        }

        if (trim.FirstSequence > LastSequence + 1 || trim.Bytes > Bytes)
        {
            throw new InvalidOperationException(
                $"A trim of channel {Name} to {trim.FirstSequence} goes beyond what it holds, {FirstSequence} to {LastSequence}.");
        }

        FirstSequence = trim.FirstSequence;
        Bytes -= trim.Bytes;
        foreach (var subscription in _subscriptions.Values)
        {
            subscription.TrimBelow(FirstSequence);
        }
    }
}
