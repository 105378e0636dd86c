using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>What <c>-SV</c> writes.</summary>
public sealed class StreamingTraceTests
{
    [Fact]
    public async Task EachPublishDeliveryAndAck_IsALineOfTheLog()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.File("data"), Flags = ["-SV"] });
        await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(connection, "tracer");
        StanSubscription subscription = await client.SubscribeAsync("traced");
        await client.PublishAsync("traced", "hi");
        subscription.Ack((await subscription.NextAsync()).Sequence);

        await server.WaitForLogAsync("[TRC] STREAM: Processing ack for subid=");
        Assert.Matches(@"\[TRC\] STREAM: \[Client:tracer\] Received message from publisher subj=traced guid=\S+", server.Log);
        Assert.Matches(@"\[TRC\] STREAM: Acking Publisher subj=traced guid=\S+", server.Log);
        Assert.Matches(@"\[TRC\] STREAM: Delivering msg to inbox=\S+, subject=traced, seq=1", server.Log);
    }
}
