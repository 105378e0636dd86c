using System.Text;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;

namespace Bayou.ProcessTests.Killing;

/// <summary>
/// Publishes numbered messages without end, many at a time, in one session that outlives the server. A message whose ack is lost
/// with the server is never sent again, so that each is stored at most once.
/// </summary>
internal sealed class LoadPublisher : IAsyncDisposable
{
    private const int Burst = 32;
    private static readonly TimeSpan UnservedPause = TimeSpan.FromMilliseconds(20);

    private readonly NatsConnection _connection;
    private readonly StanClient _client;
    private readonly string _channel;
    private readonly Lock _recording = new();
    private readonly List<int> _acknowledged = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _interrupted = NewSignal();
    private TaskCompletionSource<int> _milestone = new();
    private Task _publishing = Task.CompletedTask;
    private int _awaited = int.MaxValue;
    private int _sent;

    private LoadPublisher(NatsConnection connection, StanClient client, string channel)
    {
        (_connection, _client, _channel) = (connection, client, channel);
        connection.Reconnected += () => Interlocked.Exchange(ref _interrupted, NewSignal()).TrySetResult();
        client.Unserved += () => Interlocked.Exchange(ref _interrupted, NewSignal()).TrySetResult();
    }

    public string Name => _client.Id;

    public static async Task<LoadPublisher> StartAsync(int port, string name, string channel)
    {
        NatsConnection connection = await NatsConnection.ConnectAsync(port, reconnects: true);
        var publisher = new LoadPublisher(connection, await StanClient.ConnectAsync(connection, name), channel);
        publisher._publishing = publisher.PublishAsync();
        return publisher;
    }

    /// <summary>Numbers of the messages that the server has acknowledged, in order of their acks.</summary>
    public int[] Acknowledged()
    {
        lock (_recording) return [.. _acknowledged];
    }

    /// <summary>Ends when so many more messages than now are acknowledged.</summary>
    public async Task AdvanceAsync(int count)
    {
        Task milestone;
        lock (_recording)
        {
            _awaited = _acknowledged.Count + count;
            _milestone = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            milestone = _milestone.Task;
        }

        Task first = await Task.WhenAny(milestone, _publishing).WaitAsync(TestKit.Patience.Long);
        await first;
    }

    /// <summary>Publishes no more; throws what went wrong, if anything did.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Interlocked.Exchange(ref _interrupted, NewSignal()).TrySetResult();
        await _publishing;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Volatile.Read(ref _interrupted).TrySetResult();
        await _connection.DisposeAsync();
        await Task.WhenAny(_publishing);
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task PublishAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Task interrupted = Volatile.Read(ref _interrupted).Task;
            Task[] acks = [.. Enumerable.Range(0, Burst).Select(_ => PublishNextAsync())];
            Task ended = await Task.WhenAny(Task.WhenAll(acks), interrupted);
            await ended;

            // The rest of an interrupted burst has an unknown outcome. A server that just came up may not serve yet.
            if (ended == interrupted) await Task.Delay(UnservedPause);
            foreach (Task failed in acks.Where(static ack => ack.IsFaulted)) await failed;
        }
    }

    private async Task PublishNextAsync()
    {
        int number = ++_sent;
        PubMsg message = _client.NewMessage(_channel, Encoding.UTF8.GetBytes($"{Name}:{number}"));
        PubAck ack = await _client.SendAsync(message);
        if (ack.Error.Length > 0) throw new InvalidOperationException($"{Name} was refused message {number}: {ack.Error}");
        Record(number);
    }

    private void Record(int number)
    {
        lock (_recording)
        {
            _acknowledged.Add(number);
            if (_acknowledged.Count >= _awaited) _milestone.TrySetResult(number);
        }
    }
}
