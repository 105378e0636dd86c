using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>A server that keeps everything in memory is killed and comes back.</summary>
public sealed class MemoryStoreTests
{
    [Fact]
    public async Task S2_Everything_is_forgotten_and_clients_are_told()
    {
        const string channel = "forgotten";
        using var directory = new TemporaryDirectory();
        ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.File("data"), Flags = ["-st", "memory"] });
        try
        {
            await using NatsConnection nats = await NatsConnection.ConnectAsync(server.Port, reconnects: true);
            StanClient client = await StanClient.ConnectAsync(nats);
            StanSubscription durable = await client.SubscribeAsync(channel, static request => request.DurableName = "d");
            await client.PublishAsync(channel, 1, 3);
            await durable.TakeAsync(3);
            Assert.Empty((await client.PingAsync()).Payload);

            var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            nats.Reconnected += () => back.TrySetResult();
            await server.KillAsync();
            await server.DisposeAsync();
            server = await server.StartAgainAsync();
            await back.Task.WaitAsync(Patience.Long);
            Assert.Equal("client has been replaced or is no longer registered", PingResponse.Parser.ParseFrom((await client.PingAsync()).Payload).Error);
            Assert.Equal("stan: invalid publish request", (await client.TryPublishAsync(channel, "late"u8)).Error);

            // The id is free, the durable begins anew, and so do the numbers.
            StanClient successor = await StanClient.ConnectAsync(nats, client.Id);
            StanSubscription anew = await successor.SubscribeAsync(channel, static request => request.DurableName = "d");
            await successor.PublishAsync(channel, "first");
            MsgProto message = await anew.NextAsync();
            Assert.Equal((1ul, "first", false), (message.Sequence, message.Data.ToStringUtf8(), message.Redelivered));
            Assert.False(Directory.Exists(directory.File("data")));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
