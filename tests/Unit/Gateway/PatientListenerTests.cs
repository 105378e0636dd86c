using System.Net;
using Bayou.Gateway;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Gateway;

public sealed class PatientListenerTests : IAsyncDisposable
{
    private readonly Callers _callers = new();
    private readonly ConnectionRoom _room = new(2);
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<PatientListener> _log = new();
    private readonly PatientListener _listener;

    public PatientListenerTests() => _listener = new PatientListener(_callers, "Client", _room, _time, _log);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FullServer_AcceptsAfterGrowingPauses_WhenSomebodyLeaves()
    {
        var end = new TaskCompletionSource();
        Task[] connections = [HoldAsync(await _listener.AcceptAsync(Cancellation), end.Task), HoldAsync(await _listener.AcceptAsync(Cancellation), Task.CompletedTask)];
        await connections[1];
        connections[1] = HoldAsync(await _listener.AcceptAsync(Cancellation), end.Task);

        Task<ConnectionContext?> waiting = _listener.AcceptAsync(Cancellation).AsTask();
        foreach (int pause in (int[])[10, 20, 40, 80, 160, 320, 640, 1000])
        {
            _time.Advance(TimeSpan.FromMilliseconds(pause - 1));
            Assert.Equal(3, _callers.AcceptedCount);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(
            ((int[])[10, 20, 40, 80, 160, 320, 640, 1000, 1000]).Select(static pause => $"Temporary Client Accept Error (too many open files), sleeping {pause}ms"),
            _log.Collector.GetSnapshot().Select(static line => line.Message));
        Assert.All(_log.Collector.GetSnapshot(), static line => Assert.Equal(LogLevel.Error, line.Level));
        Assert.False(waiting.IsCompleted);

        end.SetResult();
        await Task.WhenAll(connections);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task FullServer_ThatListensNoMore_DoesNotWait()
    {
        await _listener.AcceptAsync(Cancellation);
        await _listener.AcceptAsync(Cancellation);
        Task<ConnectionContext?> waiting = _listener.AcceptAsync(Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);
        await _listener.UnbindAsync(Cancellation);
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task FailureToAccept_TakesNoRoom()
    {
        _callers.Failure = new InvalidOperationException("broken");
        for (int i = 0; i < 3; i++) await Assert.ThrowsAsync<InvalidOperationException>(async () => await _listener.AcceptAsync(Cancellation));
        _callers.Failure = null;
        Assert.NotNull(await _listener.AcceptAsync(Cancellation));
        Assert.NotNull(await _listener.AcceptAsync(Cancellation));
    }

    [Theory]
    [InlineData(65536, int.MaxValue, 65536)]
    [InlineData(65536, 1000, 968)]
    [InlineData(100, 1000, 100)]
    [InlineData(100, 16, 12)]
    [InlineData(-1, 1000, 0)]
    public void Clients_LeaveRoomForOthers(int maxConnections, int maxSockets, int clients) =>
        Assert.Equal(clients, new GatewayOptions { MaxConnections = maxConnections, MaxSockets = maxSockets }.MaxClients);

    private Task HoldAsync(ConnectionContext? connection, Task end) => _room.Hold(_ => end)(connection!);

    /// <summary>Somebody always wants to be accepted.</summary>
    private sealed class Callers : IConnectionListener
    {
        private bool _isUnbound;

        public int AcceptedCount { get; private set; }

        public Exception? Failure { get; set; }

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (Failure is not null) throw Failure;
            if (_isUnbound) return new(default(ConnectionContext));
            AcceptedCount++;
            return new(new DefaultConnectionContext());
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _isUnbound = true;
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
