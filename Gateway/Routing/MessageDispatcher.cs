using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routing;

/// <summary>
/// Delivers messages to everyone who is interested. One per publisher, because it remembers matches and whom it owes a flush;
/// not thread-safe.
/// </summary>
internal sealed partial class MessageDispatcher(SubjectTree tree, ulong seed)
{
    private const int MaxSizeDigits = 10;

    private readonly MatchCache _cache = new();
    private readonly List<Connection> _flushOwed = [];
    private readonly List<IInternalSubscriber> _internalsTouched = [];
    private ulong _random = seed | 1;

    /// <summary>The match of a subject.</summary>
    public MatchResult Match(ReadOnlySpan<byte> subject) => _cache.Get(tree, subject);

    /// <summary>Queues a message for every receiver. They get it when <see cref="Flush"/> is called, at the latest.</summary>
    public PublishOutcome Dispatch(in PublishedMessage message)
    {
        MatchResult match = _cache.Get(tree, message.Subject);
        if (match.FanOut == 0) return default;

        Span<byte> digits = stackalloc byte[MaxSizeDigits];
        ReadOnlySpan<byte> plainSizeDigits = PlainSizeDigits(message, digits);
        var tally = new Tally();
        foreach (ClientSubscription subscription in match.Plain) Deliver(subscription, message, plainSizeDigits, ref tally);
        foreach (QueueGroupMatch group in match.QueueGroups)
        {
            if (group.Remotes.Length == 0) DeliverToOne(group.Members, message, plainSizeDigits, ref tally);
            else DeliverToOneAnywhere(group, message, plainSizeDigits, ref tally);
        }

        foreach (InternalSubscription subscription in match.Internals) Deliver(subscription, message, ref tally);
        if (match.IsRelayed) Relay(match.Routes, message, plainSizeDigits, ref tally);
        return new PublishOutcome(tally.ReceiverCount, tally.MostPending);
    }

    /// <summary>Appends a control line to a connection, to be flushed with the rest.</summary>
    public void Append(Connection connection, ReadOnlySpan<byte> line)
    {
        connection.Trace?.OnSent(line);
        Settle(connection, connection.Outbound.Append(line));
    }

    /// <summary>Lets every connection that got something write it.</summary>
    public void Flush()
    {
        // By index: a flush may close a connection but never dispatches, so the list does not grow here.
        for (int i = 0; i < _flushOwed.Count; i++) _flushOwed[i].Outbound.Flush();
        _flushOwed.Clear();
    }

    /// <summary>Tells the internal subscribers that got messages since the last call that the read is over.</summary>
    public void CompleteRead(Connection publisher)
    {
        if (_internalsTouched.Count == 0) return;
        foreach (IInternalSubscriber subscriber in _internalsTouched) subscriber.OnReadCompleted(publisher);
        _internalsTouched.Clear();
    }

    private static ReadOnlySpan<byte> PlainSizeDigits(in PublishedMessage message, Span<byte> digits)
    {
        if (message.Headers.IsEmpty) return message.TotalSizeDigits;
        Utf8Formatter.TryFormat(message.Payload.Length, digits, out int count);
        return digits[..count];
    }

    private bool Deliver(ClientSubscription subscription, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, ref Tally tally)
    {
        ClientConnection receiver = subscription.Connection;
        if (ReferenceEquals(receiver, message.Publisher) && !receiver.Options.Echo) return false;
        if (receiver.Permissions is { } permissions && !permissions.AllowDelivery(message)) return false;
        bool withHeaders = !message.Headers.IsEmpty && receiver.Options.Headers;
        if (receiver.Trace is not null) return DeliverTraced(subscription, message, plainSizeDigits, withHeaders, ref tally);
        AppendResult result = receiver.Outbound.Deliver(subscription, message, plainSizeDigits, withHeaders, out bool hasEnded);
        if (result == AppendResult.Refused) return false;
        if (hasEnded) receiver.Subscriptions.Remove(subscription);
        Settle(receiver, result);
        tally.Add(receiver);
        return true;
    }

    /// <summary>The same with a line in the log between. Apart, because what the line needs would cost every other delivery registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DeliverTraced(
        ClientSubscription subscription, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, bool withHeaders, ref Tally tally)
    {
        ClientConnection receiver = subscription.Connection;
        AppendResult result = receiver.Outbound.Deliver(subscription, message, plainSizeDigits, withHeaders, out bool hasEnded);
        if (result == AppendResult.Refused) return false;
        receiver.Trace!.OnDelivered(message, subscription.Sid, plainSizeDigits, withHeaders);
        if (hasEnded) receiver.Subscriptions.Remove(subscription);
        Settle(receiver, result);
        tally.Add(receiver);
        return true;
    }

    private void Deliver(InternalSubscription subscription, in PublishedMessage message, ref Tally tally)
    {
        tally.ReceiverCount++;
        subscription.Subscriber.OnMessage(message);
        if (message.Publisher is not null) RememberTouched(subscription.Subscriber);
    }

    /// <summary>Starts at a random member and walks on until one takes the message.</summary>
    private bool DeliverToOne(ClientSubscription[] members, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, ref Tally tally)
    {
        int index = members.Length < 2 ? 0 : (int)(NextRandom() % (uint)members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            if (Deliver(members[index], message, plainSizeDigits, ref tally)) return true;
            if (++index == members.Length) index = 0;
        }

        return false;
    }

    private void Settle(Connection connection, AppendResult result)
    {
        if (result == AppendResult.FlushOwed) _flushOwed.Add(connection);
        else if (result == AppendResult.Overflow) connection.Close(ClosedReason.SlowConsumerPendingBytes);
    }

    private void RememberTouched(IInternalSubscriber subscriber)
    {
        if (!_internalsTouched.Contains(subscriber)) _internalsTouched.Add(subscriber);
    }

    private uint NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (uint)(_random >> 32);
    }

    private struct Tally
    {
        public int ReceiverCount;
        public Connection? MostPending;
        private long _mostPendingBytes;

        public void Add(Connection receiver)
        {
            ReceiverCount++;
            long pendingBytes = receiver.PendingBytes;
            if (pendingBytes <= _mostPendingBytes) return;
            _mostPendingBytes = pendingBytes;
            MostPending = receiver;
        }
    }
}
