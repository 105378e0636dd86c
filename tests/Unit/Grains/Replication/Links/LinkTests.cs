using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Bayou.Grains.Replication.Links;
using Bayou.Grains.Replication.Peers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Xunit;

namespace Bayou.Unit.Grains.Replication.Links;

/// <summary>One lane that calls one listener, on this machine.</summary>
public sealed class LinkTests : IAsyncDisposable
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly Channel<(string Peer, byte[] Frame)> _received = Channel.CreateUnbounded<(string, byte[])>();
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly FakeLogger _log = new();
    private LinkListener? _listener;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _stopping.Dispose();
    }

    [Fact]
    public async Task Frames_ArriveWholeAndInOrderUnderTheCallersName()
    {
        Listen(AnyPort);
        var lane = Call(_listener!.Endpoint);
        Assert.Equal("connected", await NextEventAsync());
        var random = new Random(1);
        var sent = Enumerable.Range(0, 200).Select(_ => Bytes(random, random.Next(4) == 0 ? random.Next(200_000) : random.Next(100))).ToList();
        sent.ForEach(frame => lane.Send(frame));
        foreach (var frame in sent)
        {
            var (peer, arrived) = await _received.Reader.ReadAsync(Cancellation);
            Assert.Equal("caller", peer);
            Assert.Equal(frame, arrived);
        }
    }

    [Fact]
    public async Task CallerOfAnotherCluster_IsTurnedAwayAndGetsNothingThrough()
    {
        Listen(AnyPort);
        using var socket = await ConnectAsync();
        await socket.SendAsync(new LinkGreeting(PeerLane.Control, "another", "caller").Encode(), Cancellation);
        await using var stream = new NetworkStream(socket);
        Assert.Equal("this is cluster test, not another", await LinkGreeting.ReadAnswerAsync(stream, Cancellation));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancellation));
    }

    [Theory]
    [InlineData("INFO {\"server_id\":\"N\"}\r\n")]
    [InlineData("BYLK\u0003\u0000\u0000\u0000")]
    public async Task CallerThatIsNoSilo_IsHungUpOn(string words)
    {
        Listen(AnyPort);
        using var socket = await ConnectAsync();
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(words), Cancellation);
        await AssertHungUpAsync(socket);
    }

    [Fact]
    public async Task FrameLargerThanAllowed_EndsTheConnection()
    {
        Listen(AnyPort);
        using var socket = await ConnectAsync();
        await socket.SendAsync(new LinkGreeting(PeerLane.Bulk, "test", "caller").Encode(), Cancellation);
        Assert.Equal(1, await socket.ReceiveAsync(new byte[1], Cancellation));
        await socket.SendAsync(BitConverter.GetBytes(Options().MaxFrameBytes + 1), Cancellation);
        await AssertHungUpAsync(socket);
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task PeerThatStopped_IsKnownToBeGoneAndFoundAgain()
    {
        Listen(AnyPort);
        var address = _listener!.Endpoint;
        var lane = Call(address);
        Assert.Equal("connected", await NextEventAsync());
        await _listener.DisposeAsync();
        Assert.Equal("refused", await NextEventAsync());
        lane.Send([1]);

        Listen(address);
        while (await NextEventAsync() != "connected")
        {
            // Refused more than once before somebody listens again.
        }

        lane.Send([2]);
        Assert.Equal([2], (await _received.Reader.ReadAsync(Cancellation)).Frame);
    }

    [Fact]
    public async Task LaneThatFails_IsMadeAnew()
    {
        Listen(AnyPort);
        var attempts = 0;
        var lane = Call(() => ++attempts == 1 ? throw new InvalidOperationException("broken") : _listener!.Endpoint);
        Assert.Equal("connected", await NextEventAsync());
        lane.Send([1]);
        Assert.Equal([1], (await _received.Reader.ReadAsync(Cancellation)).Frame);
    }

    [Fact]
    public async Task FrameThatCannotBeHandled_IsSaid_AndTheLinkMadeAnew()
    {
        Listen(AnyPort, static frame => _ = frame[0] != 0 ? frame : throw new InvalidOperationException("broken"));
        var lane = Call(_listener!.Endpoint);
        Assert.Equal("connected", await NextEventAsync());
        lane.Send([0]);
        Assert.Equal("connected", await NextEventAsync());
        lane.Send([1]);
        Assert.Equal([1], (await _received.Reader.ReadAsync(Cancellation)).Frame);
        var line = Assert.Single(_log.Collector.GetSnapshot());
        Assert.Equal((2306, LogLevel.Error), (line.Id.Id, line.Level));
    }

    [Fact]
    public async Task FramesBeyondTheLimit_AreDroppedWhole()
    {
        var frames = new OutboundFrames(maxBytes: 100);
        Assert.True(frames.TryAdd(new byte[60]));
        Assert.False(frames.TryAdd(new byte[60]));
        Assert.True(frames.TryAdd(new byte[20]));
        Assert.Equal(60 + 20 + (2 * sizeof(uint)), (await frames.TakeAsync(Cancellation)).Length);

        // One that is larger than everything that may wait must get through some day.
        Assert.True(frames.TryAdd(new byte[500]));
        Assert.False(frames.TryAdd([1]));
        frames.Clear();
        Assert.True(frames.TryAdd([1]));
        Assert.Equal([1, 0, 0, 0, 1], (await frames.TakeAsync(Cancellation)).ToArray());
    }

    [Fact]
    public void PortThatIsTaken_IsNamed()
    {
        Listen(AnyPort);
        var taken = _listener!.Endpoint;
        var exception = Assert.Throws<IOException>(() => new LinkListener(Options() with { Listen = taken }, (_, _) => { }, TimeProvider.System, NullLogger.Instance));
        Assert.Contains($"{taken}", exception.Message, StringComparison.Ordinal);
    }

    private static LinkOptions Options() => new()
    {
        ClusterId = "test",
        Name = "caller",
        Listen = AnyPort,
        MaxFrameBytes = 1 << 20,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        MaxPause = TimeSpan.FromMilliseconds(40),
    };

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task AssertHungUpAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancellation));
        }
        catch (SocketException exception)
        {
            // What the other side had not read yet makes it a reset.
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    private void Listen(IPEndPoint address, Action<byte[]>? handle = null)
    {
        _listener = new LinkListener(Options() with { Listen = address }, OnFrame, TimeProvider.System, _log);
        _listener.Start();

        void OnFrame(string peer, ReadOnlyMemory<byte> frame)
        {
            handle?.Invoke(frame.ToArray());
            _received.Writer.TryWrite((peer, frame.ToArray()));
        }
    }

    private LinkLane Call(EndPoint address) => Call(() => address);

    private LinkLane Call(Func<EndPoint> address)
    {
        var lane = new LinkLane(
            "listener",
            PeerLane.Control,
            Options(),
            address,
            TimeProvider.System,
            _ => _events.Writer.TryWrite("refused"),
            _ => _events.Writer.TryWrite("connected"),
            NullLogger.Instance);
        _running.Add(lane.RunAsync(_stopping.Token));
        return lane;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener!.Endpoint, Cancellation);
        return socket;
    }

    private async Task<string> NextEventAsync() => await _events.Reader.ReadAsync(Cancellation);
}
