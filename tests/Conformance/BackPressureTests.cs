using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bayou.Gateway;
using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Publishers that are faster than their subscriber are held back; what the server keeps for it does not grow with what they send.</summary>
public sealed class BackPressureTests
{
    private const int Publishers = 4;
    private const int BatchesEach = 1500;
    private const int MessagesPerBatch = 100;
    private const int PayloadBytes = 1000;

    /// <summary>
    /// By which two runs may differ: a few times what may be pending, for that is what the collector leaves lying about. The second run
    /// publishes ten times as much.
    /// </summary>
    private static readonly long RoomBytes = 4 * new GatewayOptions().MaxPendingBytes;

    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task FanIn_LosesNothingAndTakesNoMoreMemoryTheLongerItLasts()
    {
        using var directory = new TemporaryDirectory();
        var launch = new ServerLaunch { Directory = directory.File("data"), Flags = ["-st", "memory"] };
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        long some = await MeasureMostAsync(server, BatchesEach);
        long fourTimesAsMuch = await MeasureMostAsync(server, 4 * BatchesEach);
        Assert.InRange(fourTimesAsMuch - some, long.MinValue, RoomBytes);
    }

    /// <summary>The most memory that the server has while so much is published.</summary>
    private static async Task<long> MeasureMostAsync(ServerProcess server, int batchesEach)
    {
        using var done = new CancellationTokenSource();
        Task<long> sampling = SampleAsync(server, done.Token);
        await RunAsync(server, batchesEach);
        await done.CancelAsync();
        return await sampling;
    }

    /// <summary>Has all publishers send at once, to a subscriber that receives every byte.</summary>
    private static async Task RunAsync(ServerProcess server, int batchesEach)
    {
        using Socket subscriber = await ConnectAsync(server.Port);
        await subscriber.SendAsync(Encoding.ASCII.GetBytes(RawClient.Quiet + "SUB a 1\r\nPING\r\n"));
        string message = string.Create(CultureInfo.InvariantCulture, $"MSG a 1 {PayloadBytes}\r\n{new string('x', PayloadBytes)}\r\n");
        long expected = (long)Publishers * batchesEach * MessagesPerBatch * message.Length;
        Task receiving = ReceiveAsync(subscriber, expected);
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => PublishAsync(server.Port, batchesEach)));
        await receiving.WaitAsync(Patience.Long);
    }

    private static async Task PublishAsync(int port, int batches)
    {
        using Socket publisher = await ConnectAsync(port);
        string message = string.Create(CultureInfo.InvariantCulture, $"PUB a {PayloadBytes}\r\n{new string('x', PayloadBytes)}\r\n");
        byte[] batch = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(message, MessagesPerBatch)));
        await publisher.SendAsync(Encoding.ASCII.GetBytes(RawClient.Quiet));
        for (int i = 0; i < batches; i++)
        {
            for (ReadOnlyMemory<byte> rest = batch; !rest.IsEmpty;) rest = rest[await publisher.SendAsync(rest)..];
        }

        // Once this end is closed and the other has followed, everything was taken.
        publisher.Shutdown(SocketShutdown.Send);
        byte[] ignored = new byte[4096];
        while (await publisher.ReceiveAsync(ignored) > 0)
        {
        }
    }

    /// <summary>Reads until so many bytes of messages have come; INFO and PONG come before the first of them.</summary>
    private static async Task ReceiveAsync(Socket subscriber, long messageBytes)
    {
        byte[] buffer = new byte[64 * 1024];
        var head = new StringBuilder();
        while (!head.ToString().Contains("PONG\r\n", StringComparison.Ordinal))
        {
            int count = await subscriber.ReceiveAsync(buffer.AsMemory(0, 1));
            Assert.True(count > 0, "The subscriber was closed.");
            head.Append((char)buffer[0]);
        }

        for (long received = 0; received < messageBytes;)
        {
            int count = await subscriber.ReceiveAsync(buffer);
            Assert.True(count > 0, "The subscriber was closed.");
            received += count;
        }
    }

    private static async Task<long> SampleAsync(ServerProcess server, CancellationToken done)
    {
        long most = 0;
        while (!done.IsCancellationRequested)
        {
            most = Math.Max(most, await MeasureAsync(server));
            await Task.Delay(Sampling, CancellationToken.None);
        }

        return most;
    }

    private static async Task<long> MeasureAsync(ServerProcess server)
    {
        using var http = new HttpClient();
        using JsonDocument varz = JsonDocument.Parse(await http.GetStringAsync(new Uri(server.Monitoring, "varz")));
        return varz.RootElement.GetProperty("mem").GetInt64();
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }
}
