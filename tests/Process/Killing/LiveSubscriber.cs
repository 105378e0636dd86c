using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;

namespace Bayou.ProcessTests.Killing;

/// <summary>Receives all the time, in one session with one inbox that outlives the server, and acknowledges everything.</summary>
internal sealed class LiveSubscriber : IAsyncDisposable
{
    private readonly NatsConnection _connection;
    private readonly Lock _receiving = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _channel;
    private readonly string _inbox = UniqueName.Inbox();
    private TaskCompletionSource _caughtUp = new();
    private ulong _awaited = ulong.MaxValue;
    private string? _ackInbox;

    private LiveSubscriber(NatsConnection connection, string name, string channel)
    {
        (_connection, _channel) = (connection, channel);
        Copy = new ChannelCopy(name);
    }

    public ChannelCopy Copy { get; }

    public static async Task<LiveSubscriber> StartAsync(int port, string name, string channel, string durableName)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(port, reconnects: true);
        var subscriber = new LiveSubscriber(connection, name, channel);
        StanClient client = await StanClient.ConnectAsync(connection, name);
        StanSubscription subscription = await client.SubscribeAsync(channel, request =>
        {
            request.DurableName = durableName;
            request.AckWaitInSecs = 1;
            request.Inbox = subscriber._inbox;
        });
        subscriber._ackInbox = subscription.AckInbox;
        subscription.Drain(subscriber.Accept);
        return subscriber;
    }

    /// <summary>Ends when nothing is missing up to a sequence.</summary>
    public async Task CatchUpAsync(ulong last)
    {
        Task caughtUp;
        lock (_receiving)
        {
            _awaited = last;
            _caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Copy.Complete >= last) _caughtUp.TrySetResult();
            caughtUp = _caughtUp.Task;
        }

        Task first = await Task.WhenAny(caughtUp, _failed.Task, Task.Delay(Patience.Long));
        if (first == _failed.Task) await first;
        lock (_receiving) Copy.RequireCompleteTo(last);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Accept(NatsMessage frame)
    {
        try
        {
            MsgProto message = MsgProto.Parser.ParseFrom(frame.Payload);
            _connection.Publish(_ackInbox!, new Ack { Subject = _channel, Sequence = message.Sequence }.ToByteArray());
            lock (_receiving)
            {
                Copy.Add(message);
                if (Copy.Complete >= _awaited) _caughtUp.TrySetResult();
            }
        }
        catch (Exception e)
        {
            // The test waits on it; the connection's reader must not die of it.
            _failed.TrySetException(e);
        }
    }
}
