using System.Text;
using Bayou.Gateway.Routes;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>Meshes of Bayou servers alone and together with nats-server, whichever dials.</summary>
public sealed class MeshTests
{
    public static TheoryData<string> Pairs => ["BB", "Bn", "nB"];

    public static TheoryData<string> Meshes => ["BBB", "nBB", "BnB", "BBn", "Bnn", "nnB", "nBn"];

    [Theory]
    [MemberData(nameof(Meshes))]
    public async Task MessageAnywhere_ReachesEverybodyOnce(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        NatsConnection[] clients = await Task.WhenAll(mesh.Nodes.Select(static node => node.ConnectAsync()));
        NatsSubscription[] subscriptions = [.. clients.SelectMany(static client => new[] { client.Subscribe("orders.*"), client.Subscribe("orders.>") })];
        await RoundTripAsync(clients);
        await mesh.SettleAsync();

        for (int i = 0; i < clients.Length; i++) clients[i].Publish($"orders.{i}", Encoding.ASCII.GetBytes($"from {i}"), replyTo: $"reply.{i}");
        await RoundTripAsync(clients);
        await mesh.SettleAsync();
        await RoundTripAsync(clients);
        foreach (NatsSubscription subscription in subscriptions)
        {
            List<NatsMessage> messages = TakeAll(subscription);
            Assert.Equal(Enumerable.Range(0, clients.Length).Select(static i => $"orders.{i} reply.{i} from {i}"),
                messages.Select(static message => $"{message.Subject} {message.ReplyTo} {message.Text}").Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Meshes))]
    public async Task QueueGroupOfTheWholeCluster_GetsEachMessageOnce(string kinds)
    {
        const int Count = 300;
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        NatsConnection[] clients = await Task.WhenAll(mesh.Nodes.Select(static node => node.ConnectAsync()));
        NatsSubscription[] members = [.. clients.Select(static client => client.Subscribe("work", queue: "workers"))];
        NatsSubscription[] others = [.. clients.Select(static client => client.Subscribe("work.>", queue: "others"))];
        NatsSubscription plain = clients[1].Subscribe("work");
        await RoundTripAsync(clients);
        await mesh.SettleAsync();

        foreach (NatsConnection client in clients)
        {
            for (int i = 0; i < Count; i++) client.Publish("work", "x"u8);
        }

        await RoundTripAsync(clients);
        await mesh.SettleAsync();
        await RoundTripAsync(clients);
        int[] received = [.. members.Select(static member => TakeAll(member).Count)];
        Assert.Equal(Count * clients.Length, received.Sum());
        Assert.All(received, count => Assert.InRange(count, Count * clients.Length / 6, Count * clients.Length / 2));
        Assert.Equal(Count * clients.Length, TakeAll(plain).Count);
        Assert.All(others, static other => Assert.Null(other.TakeOrNull()));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Requests_AreAnsweredAcrossServers(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        NatsConnection responder = await mesh[0].ConnectAsync();
        NatsConnection requester = await mesh[1].ConnectAsync();
        responder.Subscribe("service", message => responder.Publish(message.ReplyTo, Encoding.ASCII.GetBytes("re: " + message.Text)), queue: "q");
        await responder.RoundTripAsync();
        await mesh[0].ReachAsync(mesh[1]);
        for (int i = 0; i < 200; i++) Assert.Equal($"re: {i}", (await requester.RequestAsync("service", Encoding.ASCII.GetBytes($"{i}"))).Text);
        Assert.True((await requester.RequestAsync("nobody", "x"u8)).IsNoResponders);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task InterestThatEnds_EndsEverywhere(string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        NatsConnection subscriber = await mesh[0].ConnectAsync();
        NatsConnection publisher = await mesh[1].ConnectAsync();
        NatsSubscription first = subscriber.Subscribe("a.*");
        NatsSubscription second = subscriber.Subscribe("a.*");
        NatsSubscription member = subscriber.Subscribe("b", queue: "q");
        await subscriber.RoundTripAsync();
        subscriber.Unsubscribe(first);
        await subscriber.RoundTripAsync();
        await mesh[0].ReachAsync(mesh[1]);
        Assert.False(await IsUnheardAsync(publisher, "a.b"));
        Assert.False(await IsUnheardAsync(publisher, "b"));

        subscriber.Unsubscribe(second);
        subscriber.Unsubscribe(member);
        await subscriber.RoundTripAsync();
        await mesh[0].ReachAsync(mesh[1]);
        Assert.True(await IsUnheardAsync(publisher, "a.b"));
        Assert.True(await IsUnheardAsync(publisher, "b"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Messages_KeepTheirOrderAndTheirBytes(string kinds)
    {
        const int Count = 20_000;
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        NatsConnection subscriber = await mesh[0].ConnectAsync();
        NatsConnection publisher = await mesh[1].ConnectAsync();
        NatsSubscription subscription = subscriber.Subscribe("numbers");
        await subscriber.RoundTripAsync();
        await mesh[0].ReachAsync(mesh[1]);

        var burst = new MemoryStream();
        for (int i = 0; i < Count; i++) burst.Write(Operations.Publish("numbers", "", Encoding.ASCII.GetBytes($"{i}")));
        burst.Write("HPUB numbers r\xe9ply 23 29\r\nNATS/1.0\r\nKey: \xff\0\r\n\r\n\r\nb\0\xfe\n\r\n"u8);
        burst.Write("HPUB numbers 0 2\r\nhi\r\nPUB numbers 0000\r\n\r\n"u8);
        byte[] large = [.. Enumerable.Range(0, 1024 * 1024).Select(static i => (byte)i)];
        burst.Write(Operations.Publish("numbers", "", large));
        publisher.Send(burst.ToArray());
        for (int i = 0; i < Count; i++) Assert.Equal($"{i}", (await subscription.NextAsync()).Text);
        NatsMessage withHeaders = await subscription.NextAsync();
        Assert.StartsWith("NATS/1.0\r\nKey: ", withHeaders.Headers, StringComparison.Ordinal);
        Assert.Equal("hi", (await subscription.NextAsync()).Text);
        Assert.Empty((await subscription.NextAsync()).Payload);
        Assert.Equal(large, (await subscription.NextAsync()).Payload);
    }

    [Theory]
    [InlineData("BB")]
    [InlineData("Bn")]
    [InlineData("nB")]
    [InlineData("BBn")]
    public async Task ServersThatNameEachOther_EndWithOneRoute(string kinds)
    {
        int[] ports = [.. kinds.Select(static _ => FreePort.Find())];
        var nodes = new List<MeshNode>();
        try
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                var cluster = new ClusterOptions { Name = "east", Port = ports[i], Routes = [.. ports.Select(static port => new RouteUrl("127.0.0.1", port))] };
                nodes.Add(await MeshNode.StartAsync(kinds[i] == 'B' ? ServerKind.Gateway : ServerKind.Oracle, cluster));
            }

            foreach (MeshNode node in nodes)
            {
                foreach (MeshNode other in nodes.Where(other => other != node)) await node.ReachAsync(other);
                Assert.Equal(nodes.Count - 1, await Monitoring.CountRoutesAsync(node.Server));
            }
        }
        finally
        {
            foreach (MeshNode node in nodes) await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("BBB", 0)]
    [InlineData("BBB", 2)]
    [InlineData("nBB", 0)]
    [InlineData("BnB", 0)]
    [InlineData("BnB", 1)]
    [InlineData("BBn", 2)]
    public async Task ServerThatDies_IsMissedAndWelcomedBack(string kinds, int victim)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        MeshNode survivor = mesh[victim == 0 ? 1 : 0];
        MeshNode dying = mesh[victim];
        NatsConnection lost = await dying.ConnectAsync();
        lost.Subscribe("service", message => lost.Publish(message.ReplyTo, "x"u8));
        await lost.RoundTripAsync();
        await dying.ReachAsync(survivor);
        NatsConnection client = await survivor.ConnectAsync();
        Assert.False(await IsUnheardAsync(client, "service"));

        await dying.StopAsync();
        while (!await IsUnheardAsync(client, "service"))
        {
            // Until the loss has been noticed, requests go into the void and are asked again.
        }

        await dying.StartAgainAsync();
        await mesh.SettleAsync();
        Assert.True(await IsUnheardAsync(client, "service"));
        NatsConnection back = await dying.ConnectAsync();
        back.Subscribe("service", message => back.Publish(message.ReplyTo, "x"u8));
        await back.RoundTripAsync();
        await dying.ReachAsync(survivor);
        Assert.False(await IsUnheardAsync(client, "service"));
    }

    private static async Task<bool> IsUnheardAsync(NatsConnection client, string subject)
    {
        try
        {
            return (await client.RequestAsync(subject, "x"u8, TimeSpan.FromMilliseconds(500))).IsNoResponders;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Task RoundTripAsync(IEnumerable<NatsConnection> clients) => Task.WhenAll(clients.Select(static client => client.RoundTripAsync()));

    private static List<NatsMessage> TakeAll(NatsSubscription subscription)
    {
        var messages = new List<NatsMessage>();
        while (subscription.TakeOrNull() is { } message) messages.Add(message);
        return messages;
    }
}
