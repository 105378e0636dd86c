using Bayou.ProcessTests.Killing;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Tracing;

/// <summary>A write or sync that the kernel refuses: the server stops and says why, and the publish is never acknowledged.</summary>
public sealed class DiskFailureTests
{
    private const string Channel = "failing";

    /// <summary>More calls than any thread makes before clients come, so that the failure hits a publish.</summary>
    private const int Healthy = 60;

    [Theory]
    [InlineData("fdatasync", "EIO", "fdatasync of ")]
    [InlineData("pwrite64", "EIO", "write of ")]
    [InlineData("pwrite64", "ENOSPC", "write of ")]
    public async Task Failed_disk_call_stops_the_server_and_the_publish_is_never_acknowledged(string call, string error, string reason)
    {
        using var directory = new TemporaryDirectory();
        string trace = directory.File("trace");
        ServerLaunch launch = Strace.Trace(
            directory.File("data"), trace, "pwrite64,fdatasync,sendto,sendmsg,writev", $"{call}:error={error}:when={Healthy}+");
        List<string> acknowledged;
        string unanswered;
        await using (ServerProcess server = await ServerProcess.StartAsync(launch))
        {
            (acknowledged, unanswered) = await PublishUntilItStopsAsync(server.Port);
            Assert.Equal(ServerProcess.Aborted, await server.ExitAsync());
            Assert.Contains(reason, server.Log, StringComparison.Ordinal);
        }

        List<SystemCall> calls = SystemCallTrace.Read(trace);
        Assert.Contains(calls, failed => failed.Name == call && failed.Result == -1 && failed.IsJournal && failed.Mentions(error));
        Assert.DoesNotContain(calls, sent => sent.IsSend && sent.Mentions(unanswered));
        await RequireStoredAsync(launch, acknowledged);
    }

    private static async Task<(List<string> Acknowledged, string Unanswered)> PublishUntilItStopsAsync(int port)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection);
        var acknowledged = new List<string>();
        while (true)
        {
            PubMsg message = client.NewMessage(Channel, []);
            message.Data = Google.Protobuf.ByteString.CopyFromUtf8(message.Guid);
            Task<PubAck> answer = Send(client, message);
            await Task.WhenAny(answer, connection.Closed).WaitAsync(Patience.Long);
            if (!answer.IsCompleted) return (acknowledged, message.Guid);
            Assert.Equal("", (await answer).Error);
            acknowledged.Add(message.Guid);
            Assert.True(acknowledged.Count < 10 * Healthy, "The disk did not fail.");
        }
    }

    private static Task<PubAck> Send(StanClient client, PubMsg message)
    {
        try
        {
            return client.SendAsync(message);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server stopped between two publishes: no answer either.
            return new TaskCompletionSource<PubAck>().Task;
        }
    }

    private static async Task RequireStoredAsync(ServerLaunch launch, List<string> acknowledged)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(launch with { Wrapper = [] });
        string marker = await ChannelReader.MarkAsync(server.Port, Channel);
        var copy = new ChannelCopy("The reader");
        await ChannelReader.ReadAsync(server.Port, Channel, 1, marker, copy);
        string[] stored = [.. copy.Texts];
        Assert.Equal(acknowledged, stored[..acknowledged.Count]);

        // The one without an answer may be there; nothing else.
        Assert.InRange(stored.Length, acknowledged.Count + 1, acknowledged.Count + 2);
    }
}
