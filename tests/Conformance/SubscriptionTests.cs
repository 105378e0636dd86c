using System.Globalization;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Delivery between several connections.</summary>
public sealed class SubscriptionTests
{
    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task EchoOff_SilencesOnlyTheOwnPublishes(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient silent = await server.ConnectAsync();
        using RawClient other = await server.ConnectAsync();
        await silent.RoundTripAsync("CONNECT {\"verbose\":false,\"echo\":false}\r\nSUB a 1\r\n");
        await other.RoundTripAsync(RawClient.Quiet + "SUB a 2\r\n");

        Assert.Equal("", await silent.RoundTripAsync("PUB a 1\r\nx\r\n"));
        Assert.Equal("MSG a 2 1\r\nx\r\n", await other.RoundTripAsync());
        await other.RoundTripAsync("PUB a 1\r\ny\r\n");
        Assert.Equal("MSG a 1 1\r\ny\r\n", await silent.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task HeadersToClientWithoutHeaders_AreStripped(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient plain = await server.ConnectAsync();
        using RawClient publisher = await server.ConnectAsync();
        await plain.RoundTripAsync("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n");
        await publisher.RoundTripAsync(RawClient.Quiet + "HPUB a r 12 0014\r\nNATS/1.0\r\n\r\nhi\r\nHPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\nHPUB a 0 02\r\nho\r\n");
        Assert.Equal("MSG a 1 r 2\r\nhi\r\nMSG a 1 0\r\n\r\nMSG a 1 02\r\nho\r\n", await plain.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task QueueGroup_EachMessageReachesExactlyOneAndEachMemberItsShare(ServerKind kind)
    {
        const int MemberCount = 5;
        const int MessageCount = 10_000;
        await using TestServer server = await TestServer.StartAsync(kind);
        RawClient[] members = await ConnectManyAsync(server, MemberCount, "SUB work.* group 1\r\nSUB work.> group 2\r\n");
        using RawClient onlooker = await server.ConnectAsync();
        await onlooker.RoundTripAsync(RawClient.Quiet + "SUB work.a 1\r\n");
        using RawClient publisher = await server.ConnectAsync();
        await publisher.RoundTripAsync(RawClient.Quiet + string.Concat(Enumerable.Repeat("PUB work.a 1\r\nx\r\n", MessageCount)));

        int[] counts = new int[MemberCount];
        for (int i = 0; i < MemberCount; i++) counts[i] = CountMessages(await members[i].RoundTripAsync());
        Assert.Equal(MessageCount, counts.Sum());
        Assert.Equal(MessageCount, CountMessages(await onlooker.RoundTripAsync()));

        // Chi-square with four degrees of freedom exceeds 23.5 once in ten thousand runs.
        const double Expected = (double)MessageCount / MemberCount;
        Assert.True(counts.Sum(static count => (count - Expected) * (count - Expected) / Expected) < 23.5, string.Join(' ', counts));
        foreach (RawClient member in members) member.Dispose();
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task QueueMembersThatLeave_LeaveTheirShareToTheOthers(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient stays = await server.ConnectAsync();
        using RawClient leaves = await server.ConnectAsync();
        await stays.RoundTripAsync(RawClient.Quiet + "SUB a g 1\r\n");
        await leaves.RoundTripAsync(RawClient.Quiet + "SUB a g 1\r\n");
        await leaves.RoundTripAsync("UNSUB 1\r\n");
        using RawClient publisher = await server.ConnectAsync();
        await publisher.RoundTripAsync(RawClient.Quiet + string.Concat(Enumerable.Repeat("PUB a 1\r\nx\r\n", 100)));
        Assert.Equal(100, CountMessages(await stays.RoundTripAsync()));
        Assert.Equal("", await leaves.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task AutoUnsubscribeUnderConcurrentPublishers_DeliversExactlyTheMaximum(ServerKind kind)
    {
        const int PublisherCount = 4;
        const int Maximum = 25_000;
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient subscriber = await server.ConnectAsync();
        await subscriber.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\nUNSUB 1 25000\r\n");
        string batch = string.Concat(Enumerable.Repeat("PUB a 1\r\nx\r\n", 10_000));
        await Task.WhenAll(Enumerable.Range(0, PublisherCount).Select(async _ =>
        {
            using RawClient publisher = await server.ConnectAsync();
            await publisher.RoundTripAsync(RawClient.Quiet + batch);
        }));

        Assert.Equal(Maximum, CountMessages(await subscriber.RoundTripAsync()));
        Assert.Equal("MSG b 1 1\r\ny\r\n", await subscriber.RoundTripAsync("SUB b 1\r\nPUB b 1\r\ny\r\n"));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task Unsubscribe_NothingArrivesAfterItsPong(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient subscriber = await server.ConnectAsync();
        using RawClient publisher = await server.ConnectAsync();
        await publisher.RoundTripAsync(RawClient.Quiet);
        await subscriber.RoundTripAsync(RawClient.Quiet);
        string batch = string.Concat(Enumerable.Repeat("PUB a 1\r\nx\r\n", 1000));
        for (int round = 0; round < 20; round++)
        {
            await subscriber.RoundTripAsync("SUB a 1\r\n");
            Task publishing = publisher.RoundTripAsync(batch);
            await subscriber.RoundTripAsync("UNSUB 1\r\n");
            await publishing;
            Assert.Equal("", await subscriber.RoundTripAsync());
        }
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task EachPublisher_IsHeardInOrder(ServerKind kind)
    {
        const int PublisherCount = 3;
        const int MessageCount = 20_000;
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient subscriber = await server.ConnectAsync();
        await subscriber.RoundTripAsync(RawClient.Quiet + "SUB p.* 1\r\n");
        await Task.WhenAll(Enumerable.Range(0, PublisherCount).Select(async publisherIndex =>
        {
            using RawClient publisher = await server.ConnectAsync();
            await publisher.RoundTripAsync(RawClient.Quiet + string.Concat(
                Enumerable.Range(0, MessageCount).Select(i => string.Create(CultureInfo.InvariantCulture, $"PUB p.{publisherIndex} 6\r\n{i:000000}\r\n"))));
        }));

        int[] next = new int[PublisherCount];
        string[] lines = (await subscriber.RoundTripAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < lines.Length; i += 2)
        {
            int publisher = lines[i]["MSG p.".Length] - '0';
            Assert.Equal(next[publisher]++, int.Parse(lines[i + 1], CultureInfo.InvariantCulture));
        }

        Assert.All(next, static count => Assert.Equal(MessageCount, count));
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task LargestPayload_ArrivesWhole(ServerKind kind)
    {
        const int MaxPayload = 1024 * 1024;
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient client = await server.ConnectAsync();
        string payload = string.Concat(Enumerable.Range(0, MaxPayload / 8).Select(static i => i.ToString("x8", CultureInfo.InvariantCulture)));
        string answer = await client.RoundTripAsync($"{RawClient.Quiet}SUB a 1\r\nPUB a {MaxPayload}\r\n{payload}\r\nPUB a 1\r\nx\r\n");
        Assert.Equal($"MSG a 1 {MaxPayload}\r\n{payload}\r\nMSG a 1 1\r\nx\r\n", answer);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task RequestWithoutResponder_IsAnsweredAndWithOneIsNot(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient requester = await server.ConnectAsync();
        Assert.Equal("HMSG _INBOX.1 7 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", await requester.RoundTripAsync(RawClient.Quiet + "SUB _INBOX.* 7\r\nPUB help _INBOX.1 0\r\n\r\n"));
        using RawClient responder = await server.ConnectAsync();
        await responder.RoundTripAsync(RawClient.Quiet + "SUB help 1\r\n");
        Assert.Equal("", await requester.RoundTripAsync("PUB help _INBOX.2 0\r\n\r\n"));
        Assert.Equal("MSG help 1 _INBOX.2 0\r\n\r\n", await responder.RoundTripAsync("PUB _INBOX.2 2\r\nok\r\n"));
        Assert.Equal("MSG _INBOX.2 7 2\r\nok\r\n", await requester.RoundTripAsync());
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task ConnectionsThatClose_TakeTheirInterestAlong(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind);
        using RawClient requester = await server.ConnectAsync();
        await requester.RoundTripAsync(RawClient.Quiet + "SUB r 1\r\n");
        using (RawClient responder = await server.ConnectAsync())
        {
            await responder.RoundTripAsync(RawClient.Quiet + "SUB help 1\r\nSUB > 2\r\nSUB help g 3\r\n");
        }

        string answer;
        do answer = await requester.RoundTripAsync("PUB help r 0\r\n\r\n");
        while (answer.Length == 0);
        Assert.Equal("HMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", answer);
    }

    internal static int CountMessages(string received) => received.Split("MSG ").Length - 1;

    private static async Task<RawClient[]> ConnectManyAsync(TestServer server, int count, string script)
    {
        var clients = new RawClient[count];
        for (int i = 0; i < count; i++)
        {
            clients[i] = await server.ConnectAsync();
            await clients[i].RoundTripAsync(RawClient.Quiet + script);
        }

        return clients;
    }
}
