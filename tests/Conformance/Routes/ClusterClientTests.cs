using Bayou.Conformance.Clients;
using Bayou.Gateway;
using Bayou.TestKit.Nats;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bayou.Conformance.Routes;

/// <summary>Clients that nobody here wrote, when a server of their cluster goes.</summary>
public sealed class ClusterClientTests(NodePrograms programs)
{
    public static TheoryData<string, string> Cases => new()
    {
        { "nats", "BB" },
        { "nats", "nB" },
        { "nats", "Bn" },
        { "transport-node", "BB" },
        { "transport-node", "nB" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Client_MovesToAServerThatItOnlyHeardOf(string library, string kinds)
    {
        await using Mesh mesh = await Mesh.StartAsync(kinds);
        Task? stopping = null;
        await PrepareAsync(mesh, "kill", () => stopping = Task.Run(mesh[0].StopAsync));
        await programs.RunAsync("cluster.mjs", library + "/moves_to_a_server_that_it_only_heard_of", mesh[0].Server.Port);
        await stopping!;
    }

    [Theory]
    [InlineData("nats")]
    [InlineData("transport-node")]
    public async Task Client_MovesAwayFromALameDuck(string library)
    {
        var quick = new GatewayOptions { LameDuckDuration = TimeSpan.FromSeconds(2), LameDuckGracePeriod = TimeSpan.FromSeconds(0.2) };
        await using Mesh mesh = await Mesh.StartAsync("BB", options: quick);
        await PrepareAsync(mesh, "leave", () => ((GatewayServer)mesh[0].Server).Services.GetRequiredService<LameDuck>().Enter());
        await programs.RunAsync("cluster.mjs", library + "/moves_away_from_a_lame_duck", mesh[0].Server.Port);
    }

    private static async Task PrepareAsync(Mesh mesh, string subject, Action act)
    {
        NatsConnection other = await mesh[1].ConnectAsync();
        other.Subscribe("alive", message => other.Publish(message.ReplyTo, "yes"u8));
        other.Subscribe(subject, _ => act());
        await other.RoundTripAsync();
        await mesh[1].ReachAsync(mesh[0]);
    }
}
