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

    /// <summary>What else the log has to say, such as how far it is committed, goes with the next message.</summary>
    [Fact]
    public async Task Message_that_is_published_alone_costs_one_sync()
    {
        const int Count = 100;
        var guids = new List<string>();
        List<SystemCall> calls = await TraceAsync(async client =>
        {
            for (int i = 0; i < Count; i++) guids.Add(await PublishAsync(client));
        });
        int first = AckOf(calls, guids[0]).Began;
        int last = AckOf(calls, guids[^1]).Began;
        int syncs = calls.Count(call => call.Name == "fdatasync" && call.IsJournal && call.Began > first && call.Began < last);

        // A pause of the machine between two publishes may add one, since the journal is closed when nothing comes for a while.
        Assert.InRange(syncs, Count - 1, Count + (Count / 2));
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
        List<string> guids = [];
        List<SystemCall> calls = await TraceAsync(async client => guids = await publish(client));
        foreach (string guid in guids) RequireSyncBetween(calls, guid);
    }

    private static async Task<List<SystemCall>> TraceAsync(Func<StanClient, Task> publish)
    {
        using var directory = new TemporaryDirectory();
        string trace = directory.File("trace");
        await using (ServerProcess server = await ServerProcess.StartAsync(Strace.Trace(directory.File("data"), trace, Calls)))
        {
            await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
            await publish(await StanClient.ConnectAsync(connection));
            await server.KillAsync();
        }

        return SystemCallTrace.Read(trace);
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
        SystemCall ack = AckOf(calls, guid);
        Assert.True(sync.Ended < ack.Began, $"{guid}: written at line {write.Ended}, acknowledged at {ack.Began}, synced at {sync.Ended}.");
    }

    private static SystemCall AckOf(List<SystemCall> calls, string guid) => calls.Find(call => call.IsSend && call.Mentions(guid))
        ?? throw new InvalidOperationException($"The ack of {guid} is not in the trace.");
}
