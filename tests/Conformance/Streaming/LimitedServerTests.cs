using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>Against servers of their own with a few channels and subscriptions allowed.</summary>
public sealed class LimitedServerTests
{
    [Fact]
    public async Task C4_Channel_above_the_limit_is_refused_to_publishers_and_subscribers()
    {
        await RunAsync(["-mc", "2"], static async client =>
        {
            await client.PublishAsync("one", "x");
            await client.SubscribeAsync("two");
            Assert.Equal("too many channels", (await client.TryPublishAsync("three", "x"u8)).Error);
            Assert.Equal("too many channels", (await client.TrySubscribeAsync("three")).Response.Error);
            await client.PublishAsync("two", "x");
        });
    }

    [Fact]
    public async Task C5_Members_and_offline_durables_count_as_subscriptions()
    {
        await RunAsync(["-msu", "3"], static async client =>
        {
            StanSubscription durable = await client.SubscribeAsync("limited", static request => request.DurableName = "d");
            Assert.Equal("", await durable.CloseAsync());
            await client.SubscribeAsync("limited", static request => request.QGroup = "g");
            StanSubscription member = await client.SubscribeAsync("limited", static request => request.QGroup = "g");
            (_, SubscriptionResponse refused) = await client.TrySubscribeAsync("limited");
            Assert.Equal("too many subscriptions per channel", refused.Error);
            Assert.Equal("", await member.CloseAsync());
            await client.SubscribeAsync("limited");
            Assert.Equal("too many subscriptions per channel", (await client.TrySubscribeAsync("limited")).Response.Error);
            await client.SubscribeAsync("other");
        });
    }

    private static async Task RunAsync(string[] flags, Func<StanClient, Task> test)
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.Path, Flags = flags });
        await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        await test(await StanClient.ConnectAsync(connection));
    }
}
