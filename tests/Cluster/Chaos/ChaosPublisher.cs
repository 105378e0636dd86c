using Bayou.Checker;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Chaos;

/// <summary>
/// Publishes a few messages at a time for as long as the run lasts. A message whose answer does not come is given up and never sent
/// again, and what follows goes over another connection: only within one connection an order is promised.
/// </summary>
internal sealed class ChaosPublisher(IChaosPublisher session, ChaosHistory history, string name, int channel) : IAsyncDisposable
{
    private const int Burst = 8;
    private static readonly TimeSpan AnswerBudget = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource _interrupted = NewSignal();
    private int _connection;
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        session.Interrupted += () => _interrupted.TrySetResult();
        _running = Task.Run(RunAsync);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>Publishes until one message is acknowledged; its payload, or null if that takes too long.</summary>
    public async Task<byte[]?> PublishOneAsync()
    {
        for (TimeSpan end = history.Now + Patience.Long; history.Now < end;)
        {
            BeginConnection();
            (Task<bool> acknowledged, byte[] payload) = Publish();
            if (await Task.WhenAny(acknowledged, Task.Delay(AnswerBudget)) == acknowledged && await acknowledged) return payload;
            if (!acknowledged.IsCompleted) session.Drop();
            await Task.Delay(Pause);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await session.DisposeAsync();
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        BeginConnection();
        while (!_stopping.IsCancellationRequested)
        {
            Task<bool>[] burst = [.. Enumerable.Range(0, Burst).Select(_ => Publish().Acknowledged)];
            Task<bool[]> all = Task.WhenAll(burst);
            Task ended = await Task.WhenAny(all, _interrupted.Task, Task.Delay(AnswerBudget));
            if (ended != all || (await all).Contains(false))
            {
                if (ended != all && ended != _interrupted.Task) session.Drop();
                BeginConnection();
            }

            await Task.Delay(Pause);
        }
    }

    private void BeginConnection()
    {
        _interrupted = NewSignal();
        _connection = history.OpenConnection($"{name}/", channel);
    }

    private (Task<bool> Acknowledged, byte[] Payload) Publish()
    {
        (Value value, byte[] payload) = history.Publish(_connection);
        return (SendAsync(value, payload), payload);
    }

    private async Task<bool> SendAsync(Value value, byte[] payload)
    {
        ulong? sequence = await session.PublishAsync(history.Names.Channel(channel), payload);
        history.Add(sequence is { } stored
            ? new HistoryEvent { Kind = EventKind.Acknowledged, Value = value, Sequence = stored }
            : new HistoryEvent { Kind = EventKind.Abandoned, Value = value });
        return sequence is not null;
    }
}
