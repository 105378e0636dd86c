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
            (Task<bool>[] answers, byte[][] payloads) = Publish(1);
            Task<bool> acknowledged = answers[0];
            if (await Task.WhenAny(acknowledged, Task.Delay(AnswerBudget)) == acknowledged && await acknowledged) return payloads[0];
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
            Task<bool[]> all = Task.WhenAll(Publish(Burst).Acknowledged);
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

    private (Task<bool>[] Acknowledged, byte[][] Payloads) Publish(int count)
    {
        (Value Value, byte[] Payload)[] messages = [.. Enumerable.Range(0, count).Select(_ => history.Publish(_connection))];
        byte[][] payloads = [.. messages.Select(static message => message.Payload)];
        return ([.. session.Publish(history.Names.Channel(channel), payloads).Zip(messages, (answer, message) => NoteAsync(answer, message.Value))], payloads);
    }

    private async Task<bool> NoteAsync(Task<ulong?> answer, Value value)
    {
        ulong? sequence = await answer;
        history.Add(sequence is { } stored
            ? new HistoryEvent { Kind = EventKind.Acknowledged, Value = value, Sequence = stored }
            : new HistoryEvent { Kind = EventKind.Abandoned, Value = value });
        return sequence is not null;
    }
}
