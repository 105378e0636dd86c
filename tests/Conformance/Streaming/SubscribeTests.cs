using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.Conformance.Streaming;

public sealed class SubscribeTests(StreamingServer server) : StreamingTests(server)
{
    [Fact]
    public async Task W14_Answer_comes_before_the_first_message()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, 1, 3);
        for (int round = 0; round < 100; round++)
        {
            StanSubscription subscription = await client.SubscribeAsync(channel);
            NatsMessage first = await subscription.NextFrameAsync();
            Assert.True(subscription.ResponseOrder < first.Order, $"Round {round}: the message came as {first.Order}, the answer as {subscription.ResponseOrder}.");
            Assert.Equal("", await subscription.UnsubscribeAsync());
        }
    }

    [Fact]
    public async Task W14_Ack_inbox_is_an_inbox()
    {
        StanClient client = await NewClientAsync();
        Assert.StartsWith("_INBOX.", (await client.SubscribeAsync(NewChannel())).AckInbox, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, Action<SubscriptionRequest>> Refusals => new()
    {
        { "client", "stan: clientID missing", static r => r.ClientId = "" },
        { "client before ack wait", "stan: clientID missing", static r => (r.ClientId, r.AckWaitInSecs) = ("", 0) },
        { "ack wait", "stan: invalid ack wait time, should be >= 1s", static r => r.AckWaitInSecs = 0 },
        { "negative ack wait", "stan: invalid ack wait time, should be >= 1s", static r => r.AckWaitInSecs = -1 },
        { "ack wait before max in flight", "stan: invalid ack wait time, should be >= 1s", static r => (r.AckWaitInSecs, r.MaxInFlight) = (0, 0) },
        { "max in flight", "stan: invalid MaxInflight, should be >= 1", static r => r.MaxInFlight = 0 },
        { "max in flight before start", "stan: invalid MaxInflight, should be >= 1", static r => (r.MaxInFlight, r.StartPosition) = (-1, (StartPosition)9) },
        { "start above", "stan: invalid start position", static r => r.StartPosition = (StartPosition)5 },
        { "start below", "stan: invalid start position", static r => r.StartPosition = (StartPosition)(-1) },
        { "start before subject", "stan: invalid start position", static r => (r.StartPosition, r.Subject) = ((StartPosition)5, "") },
        { "no subject", "stan: invalid subject", static r => r.Subject = "" },
        { "wildcard", "stan: invalid subject", static r => r.Subject = "foo.*" },
        { "full wildcard", "stan: invalid subject", static r => r.Subject = "foo.>" },
        { "slash", "stan: invalid subject", static r => r.Subject = "foo/bar" },
        { "dot first", "stan: invalid subject", static r => r.Subject = ".foo" },
        { "dot last", "stan: invalid subject", static r => r.Subject = "foo." },
        { "two dots", "stan: invalid subject", static r => r.Subject = "foo..bar" },
        { "subject before client", "stan: invalid subject", static r => (r.Subject, r.ClientId) = ("foo.*", "ghost") },
        { "unknown client", "stan: unknown clientID", static r => r.ClientId = "ghost" },
        { "unknown client before colon", "stan: unknown clientID", static r => (r.ClientId, r.QGroup, r.DurableName) = ("ghost", "g", "a:b") },
        { "colon", "stan: durable name of a durable queue subscriber can't contain the character ':'", static r => (r.QGroup, r.DurableName) = ("g", "a:b") },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task W15_C2_D29_Bad_subscription_is_refused_in_the_order_of_the_checks(string what, string error, Action<SubscriptionRequest> change)
    {
        StanClient client = await NewClientAsync();
        (_, SubscriptionResponse response) = await client.TrySubscribeAsync(NewChannel(), change);
        Assert.True(error == response.Error, $"{what}: expected {error}, got {response.Error}");
        Assert.Equal("", response.AckInbox);
    }

    [Fact]
    public async Task W15_Garbage_is_an_invalid_subscription_request()
    {
        StanClient client = await NewClientAsync();
        NatsMessage answer = await client.Nats.RequestAsync(client.Subjects.SubRequests, [0xff, 0xff]);
        Assert.Equal("stan: invalid subscription request", SubscriptionResponse.Parser.ParseFrom(answer.Payload).Error);
    }

    [Fact]
    public async Task D29_Colon_is_allowed_in_the_name_of_a_plain_durable()
    {
        StanClient client = await NewClientAsync();
        StanSubscription durable = await client.SubscribeAsync(NewChannel(), static request => request.DurableName = "a:b");
        Assert.Equal("", await durable.UnsubscribeAsync());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task W16_Subscription_ends_by_either_inbox_and_a_second_time_is_an_error(bool unsubscribe, bool byAckInbox)
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await client.SubscribeAsync(channel);
        string requests = unsubscribe ? client.Subjects.UnsubRequests : client.Subjects.SubCloseRequests;
        string inbox = byAckInbox ? subscription.AckInbox : subscription.Inbox;
        Assert.Equal("", await client.EndSubscriptionAsync(requests, channel, inbox));
        await client.PublishAsync(channel, "after");
        Assert.True(await subscription.IsQuietAsync());
        Assert.Equal("stan: invalid subscription", await client.EndSubscriptionAsync(requests, channel, inbox));
    }

    [Fact]
    public async Task W16_Unsubscribe_names_what_is_wrong()
    {
        StanClient client = await NewClientAsync();
        string channel = NewChannel();
        await client.PublishAsync(channel, "there");
        foreach (string requests in new[] { client.Subjects.UnsubRequests, client.Subjects.SubCloseRequests })
        {
            Assert.Equal("stan: unknown channel", await client.EndSubscriptionAsync(requests, NewChannel("never"), "_INBOX.x"));
            Assert.Equal("stan: invalid subscription", await client.EndSubscriptionAsync(requests, channel, "_INBOX.x"));
            NatsMessage answer = await client.Nats.RequestAsync(requests, [0xff, 0xff]);
            Assert.Equal("stan: invalid unsubscribe request", SubscriptionResponse.Parser.ParseFrom(answer.Payload).Error);
        }
    }

    [Fact]
    public async Task W16_Subscription_of_another_client_goes_on()
    {
        StanClient owner = await NewClientAsync();
        StanClient other = await NewClientAsync();
        string channel = NewChannel();
        StanSubscription subscription = await owner.SubscribeAsync(channel);
        foreach (string requests in new[] { other.Subjects.UnsubRequests, other.Subjects.SubCloseRequests })
        {
            foreach (string inbox in new[] { subscription.AckInbox, subscription.Inbox })
            {
                Assert.Equal("stan: unknown clientID", await other.EndSubscriptionAsync(requests, channel, inbox));
            }
        }

        await owner.PublishAsync(channel, "1");
        Assert.Equal(1ul, (await subscription.NextAsync()).Sequence);
        Assert.Equal("", await subscription.UnsubscribeAsync());
    }
}
