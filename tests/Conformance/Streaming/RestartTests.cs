using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

/// <summary>A server is killed and comes back on its data; the clients notice nothing but a NATS reconnect.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.Path });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task D38_Sessions_subscriptions_inboxes_and_pending_messages_survive_without_any_action_of_the_client()
    {
        const string Channel = "survivor";
        await using NatsConnection nats = await NatsConnection.ConnectAsync(_server.Port, reconnects: true);
        StanClient client = await StanClient.ConnectAsync(nats);
        StanSubscription plain = await SubscribeAsync(client, Channel, static _ => { });
        StanSubscription durable = await SubscribeAsync(client, Channel, static request => request.DurableName = "d");
        StanSubscription member = await SubscribeAsync(client, Channel, static request => request.QGroup = "g");
        StanSubscription durableMember = await SubscribeAsync(client, Channel, static request => (request.QGroup, request.DurableName) = ("g", "d"));
        StanSubscription[] all = [plain, durable, member, durableMember];
        await client.PublishAsync(Channel, 1, 3);
        foreach (StanSubscription subscription in all) Assert.Equal(3, (await subscription.TakeAsync(3)).Count);

        await KillAndRestartAsync(nats);
        Assert.Empty((await client.PingAsync()).Payload);
        await client.PublishAsync(Channel, "4");
        foreach (StanSubscription subscription in all)
        {
            List<MsgProto> messages = await subscription.TakeAsync(4);
            Assert.Equal([1ul, 2ul, 3ul, 4ul], messages.Select(static message => message.Sequence).Order());
        }

        foreach (StanSubscription subscription in all) Assert.Equal("", await subscription.UnsubscribeAsync());
        await client.CloseAsync();
    }

    [Fact]
    public async Task D40_Messages_delivered_before_a_kill_come_again_flagged_as_redelivered()
    {
        const string Channel = "flagged";
        await using NatsConnection nats = await NatsConnection.ConnectAsync(_server.Port, reconnects: true);
        StanClient client = await StanClient.ConnectAsync(nats);
        StanSubscription durable = await SubscribeAsync(client, Channel, static request => request.DurableName = "d");
        await client.PublishAsync(Channel, 1, 3);
        await durable.TakeAsync(3);
        await KillAndRestartAsync(nats);
        Assert.All(await durable.TakeAsync(3), static message => Assert.True(message.Redelivered));
    }

    [Fact]
    public async Task D39_Acks_that_had_time_to_be_stored_survive()
    {
        const string Channel = "acknowledged";
        await using NatsConnection nats = await NatsConnection.ConnectAsync(_server.Port, reconnects: true);
        StanClient client = await StanClient.ConnectAsync(nats);
        StanSubscription durable = await SubscribeAsync(client, Channel, static request => request.DurableName = "d");
        await client.PublishAsync(Channel, 1, 10);
        await durable.TakeAndAckAsync(10);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await KillAndRestartAsync(nats);
        await client.PublishAsync(Channel, "11");
        Assert.Equal(11ul, (await durable.NextAsync()).Sequence);
    }

    [Fact]
    public async Task Timestamps_and_sequences_go_on_after_a_restart()
    {
        const string Channel = "goes-on";
        await using NatsConnection nats = await NatsConnection.ConnectAsync(_server.Port, reconnects: true);
        StanClient client = await StanClient.ConnectAsync(nats);
        await client.PublishAsync(Channel, 1, 5);
        await KillAndRestartAsync(nats);
        await client.PublishAsync(Channel, 6, 10);
        List<MsgProto> messages = await (await client.SubscribeAsync(Channel)).TakeAsync(10);
        Assert.Equal(Enumerable.Range(1, 10).Select(static i => (ulong)i), messages.Select(static message => message.Sequence));
        Assert.Equal(messages.Select(static message => message.Timestamp).Order(), messages.Select(static message => message.Timestamp));
    }

    private static Task<StanSubscription> SubscribeAsync(StanClient client, string channel, Action<SubscriptionRequest> change) =>
        client.SubscribeAsync(channel, request =>
        {
            request.AckWaitInSecs = 2;
            change(request);
        });

    private async Task KillAndRestartAsync(NatsConnection nats)
    {
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        nats.Reconnected += () => back.TrySetResult();
        await _server.KillAsync();
        await _server.DisposeAsync();
        _server = await _server.StartAgainAsync();
        await back.Task.WaitAsync(Patience.Long);
    }
}
