using System.Diagnostics;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;

namespace Bayou.ClusterTests.Failover;

/// <summary>Publishes to one channel every few milliseconds without waiting for the answers, and notes how long each took.</summary>
internal sealed class SteadyPublisher : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly NatsConnection _connection;
    private readonly StanClient _client;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _publishes = [];
    private readonly Lock _noting = new();
    private Task _publishing = Task.CompletedTask;
    private (long Since, TaskCompletionSource<TimeSpan> Acknowledged) _awaited = (long.MaxValue, new TaskCompletionSource<TimeSpan>());

    private SteadyPublisher(NatsConnection connection, StanClient client, string channel)
    {
        (_connection, _client, Channel) = (connection, client, channel);
    }

    public string Channel { get; }

    /// <summary>The longest that an answer took so far.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Publishes that were refused, with the reasons.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Starts to publish over one node, and returns when that is under way.</summary>
    public static async Task<SteadyPublisher> StartAsync(ClusterNode gateway, string channel)
    {
        NatsConnection connection = await BayouCluster.ConnectAsync(gateway);
        var publisher = new SteadyPublisher(connection, await StanClient.ConnectAsync(connection), channel);
        Task<TimeSpan> first = publisher.NextAckAsync(Stopwatch.GetTimestamp());
        publisher._publishing = publisher.PublishAsync();
        await first;
        publisher.Slowest = TimeSpan.Zero;
        return publisher;
    }

    /// <summary>How long after a moment the first acknowledgement came of a publish that began after it.</summary>
    public Task<TimeSpan> NextAckAsync(long since)
    {
        var acknowledged = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_noting) _awaited = (since, acknowledged);
        return acknowledged.Task.WaitAsync(Patience.Long);
    }

    /// <summary>Publishes no more; every publish must be answered.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _publishing;
        await Task.WhenAll(_publishes).WaitAsync(Patience.Long);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _publishing;
        await _connection.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task PublishAsync()
    {
        using var timer = new PeriodicTimer(Pause);
        while (!_stopping.IsCancellationRequested)
        {
            _publishes.Add(PublishOneAsync());
            await Task.WhenAny(timer.WaitForNextTickAsync(_stopping.Token).AsTask());
        }
    }

    private async Task PublishOneAsync()
    {
        long begun = Stopwatch.GetTimestamp();
        PubAck answer = await _client.SendAsync(_client.NewMessage(Channel, "steady"u8));
        lock (_noting)
        {
            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            Slowest = took > Slowest ? took : Slowest;
            if (answer.Error.Length > 0) Refusals.Add($"{answer.Error} after {took.TotalMilliseconds:F0} ms");
            else if (begun >= _awaited.Since) _awaited.Acknowledged.TrySetResult(Stopwatch.GetElapsedTime(_awaited.Since));
        }
    }
}
