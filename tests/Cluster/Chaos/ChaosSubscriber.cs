using System.Net;
using Bayou.Checker;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;

namespace Bayou.ClusterTests.Chaos;

/// <summary>A durable subscription, or a durable queue group, whose members keep their sessions and inboxes for the whole run and acknowledge everything.</summary>
internal sealed class ChaosSubscriber : IAsyncDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly List<NatsConnection> _connections = [];
    private readonly ChaosHistory _history;
    private readonly int _number;
    private readonly int _channel;
    private readonly Lock _receiving = new();
    private readonly HashSet<ulong> _ahead = [];
    private readonly CancellationTokenSource _stopping = new();
    private long _received;
    private ulong _complete;
    private Task _watching = Task.CompletedTask;

    private ChaosSubscriber(ChaosHistory history, int number, int channel)
    {
        (_history, _number, _channel) = (history, number, channel);
    }

    /// <summary>Subscribes from the first message, with one member or several.</summary>
    public static async Task<ChaosSubscriber> StartAsync(ChaosHistory history, int channel, int members, Func<int, IPEndPoint[]> servers)
    {
        string name = $"{history.Names.Channel(channel)}-{(members == 1 ? "durable" : "group")}";
        var subscriber = new ChaosSubscriber(history, history.Names.AddSubscription(name), channel);

        // What was lost with a connection comes again after the newer messages that the next one brings, as to the members of a group.
        history.Add(new HistoryEvent { Kind = EventKind.Subscribed, Actor = subscriber._number, Channel = channel, IsQueueGroup = true });
        for (int member = 0; member < members; member++) await subscriber.JoinAsync(name, member, members > 1, servers(member));
        subscriber._watching = subscriber.WatchAsync();
        return subscriber;
    }

    /// <summary>Ends when nothing is missing up to a sequence, or nothing more comes for long; then everything must have come.</summary>
    public async Task DrainAsync(ulong last)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        try
        {
            while (!IsCompleteTo(last)) await Task.Delay(100, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The checker says what is missing.
        }

        _history.Add(new HistoryEvent { Kind = EventKind.Drained, Actor = _number, Channel = _channel });
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        foreach (NatsConnection connection in _connections) await connection.DisposeAsync();
        _stopping.Dispose();
    }

    private bool IsCompleteTo(ulong last)
    {
        lock (_receiving) return _complete >= last;
    }

    private async Task JoinAsync(string name, int member, bool isGroup, IPEndPoint[] servers)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(servers, reconnects: true);
        _connections.Add(connection);
        StanClient client = await StanClient.ConnectAsync(connection, $"{name}-{member}");
        StanSubscription subscription = await client.SubscribeAsync(_history.Names.Channel(_channel), request =>
        {
            request.DurableName = name;
            request.QGroup = isGroup ? name : "";
            request.AckWaitInSecs = 2;
        });
        subscription.Drain(frame => Accept(connection, subscription, member, frame));
    }

    private void Accept(NatsConnection connection, StanSubscription subscription, int member, NatsMessage frame)
    {
        MsgProto message = MsgProto.Parser.ParseFrom(frame.Payload);
        Interlocked.Increment(ref _received);
        _history.See(EventKind.Delivered, _number, _channel, message.Sequence, message.Data.Memory, message.Redelivered, member);
        _history.Add(new HistoryEvent { Kind = EventKind.Consumed, Actor = _number, Channel = _channel, Sequence = message.Sequence });
        connection.Publish(subscription.AckInbox, new Ack { Subject = _history.Names.Channel(_channel), Sequence = message.Sequence }.ToByteArray());
        lock (_receiving)
        {
            if (message.Sequence > _complete) _ahead.Add(message.Sequence);
            while (_ahead.Remove(_complete + 1)) _complete++;
        }
    }

    /// <summary>Clients notice a mute server by their pings; here silence is enough, since somebody always publishes.</summary>
    private async Task WatchAsync()
    {
        long before = -1;
        while (!_stopping.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(Silence, _stopping.Token));
            long now = Interlocked.Read(ref _received);
            if (now == before) foreach (NatsConnection connection in _connections) connection.Drop();
            before = now;
        }
    }
}
