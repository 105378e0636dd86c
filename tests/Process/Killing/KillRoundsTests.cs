using System.Globalization;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Killing;

/// <summary>
/// SIGKILL under load, again and again. BAYOU_KILL_ROUNDS sets how often (10 if absent), BAYOU_SEED repeats the moments of a run as
/// far as two machines can be alike.
/// </summary>
public sealed class KillRoundsTests(ITestOutputHelper output)
{
    private const int FewestAcks = 50;
    private const int MostAcks = 1500;
    private static readonly string[] Channels = ["kill.one", "kill.two"];

    [Fact]
    public async Task Server_killed_under_load_keeps_what_it_acknowledged_and_serves_the_same_sessions()
    {
        int rounds = Setting("BAYOU_KILL_ROUNDS", 10);
        int seed = Setting("BAYOU_SEED", Environment.TickCount);
        var random = new Random(seed);
        output.WriteLine($"{rounds} rounds, BAYOU_SEED={seed}");

        using var directory = new TemporaryDirectory();
        ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.Path });
        try
        {
            await using KillRound round = await KillRound.StartAsync(server.Port, Channels);
            for (int i = 1; i <= rounds; i++)
            {
                await round.AdvanceAsync(random.Next(FewestAcks, MostAcks));
                Assert.Equal(ServerProcess.Killed, await server.KillAsync());
                await server.DisposeAsync();
                server = await server.StartAgainAsync();
                await round.AuditAsync();
                output.WriteLine($"Round {i}: {round.Summary}");
            }

            await round.FinishAsync();
            output.WriteLine($"All rounds: {round.Summary}");
        }
        catch (Exception)
        {
            output.WriteLine(server.Log);
            throw;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
