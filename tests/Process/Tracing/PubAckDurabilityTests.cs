using System.Text;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Tracing;

/// <summary>Durable means durable: between the write of a message and its pub ack the kernel has said that the disk has it.</summary>
public sealed class PubAckDurabilityTests
{
    private const string Calls = "pwrite64,pwritev,fdatasync,sendto,sendmsg,writev";

    [Fact]
    public async Task Each_pub_ack_of_sequential_publishes_follows_the_sync_of_its_record()
    {
        await RunAsync(async client =>
        {
            var guids = new List<string>();
            for (int i = 0; i < 100; i++) guids.Add(await PublishAsync(client));
            return guids;
        });
    }

    [Fact]
    public async Task Each_pub_ack_of_concurrent_publishes_follows_the_sync_of_its_record()
    {
        await RunAsync(async client =>
        {
            var guids = new List<string>();
            for (int burst = 0; burst < 10; burst++) guids.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PublishAsync(client))));
            return guids;
        });
    }

    private static async Task RunAsync(Func<StanClient, Task<List<string>>> publish)
    {
        using var directory = new TemporaryDirectory();
        string trace = directory.File("trace");
        List<string> guids;
        await using (ServerProcess server = await ServerProcess.StartAsync(Strace.Trace(directory.File("data"), trace, Calls)))
        {
            await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
            guids = await publish(await StanClient.ConnectAsync(connection));
            await server.KillAsync();
        }

        List<SystemCall> calls = SystemCallTrace.Read(trace);
        foreach (string guid in guids) RequireSyncBetween(calls, guid);
    }

    // The journal cuts its content into sectors; of three copies of the guid at most one lies across a cut.
    private static async Task<string> PublishAsync(StanClient client)
    {
        PubMsg message = client.NewMessage("durable", []);
        message.Data = Google.Protobuf.ByteString.CopyFrom(Encoding.UTF8.GetBytes($"{message.Guid} {message.Guid}"));
        PubAck ack = await client.SendAsync(message).WaitAsync(Patience.Long);
        Assert.Equal("", ack.Error);
        return message.Guid;
    }

    private static void RequireSyncBetween(List<SystemCall> calls, string guid)
    {
        SystemCall write = calls.Find(call => call.Name.StartsWith("pwrite", StringComparison.Ordinal) && call.IsJournal && call.Mentions(guid))
            ?? throw new InvalidOperationException($"{guid} was never written to the journal.");
        SystemCall sync = calls.Find(call => call.Name == "fdatasync" && call.IsJournal && call.Began > write.Ended && call.Result == 0)
            ?? throw new InvalidOperationException($"The write of {guid} was never synced.");
        SystemCall ack = calls.Find(call => call.IsSend && call.Mentions(guid))
            ?? throw new InvalidOperationException($"The ack of {guid} is not in the trace.");
        Assert.True(sync.Ended < ack.Began, $"{guid}: written at line {write.Ended}, acknowledged at {ack.Began}, synced at {sync.Ended}.");
    }
}
