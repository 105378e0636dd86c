using System.Text.Json;
using Bayou.Silo.Administration;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary><c>bayou cluster</c> and <c>bayou channel</c> without a server: the command line, and what is made of answers.</summary>
public sealed class AdminCommandTests
{
    [Theory]
    [InlineData("cluster status", true)]
    [InlineData("cluster", true)]
    [InlineData("channel list", true)]
    [InlineData("-c cluster", false)]
    [InlineData("", false)]
    public void OnlyTheFirstWord_SaysThatItIsForRunningServers(string line, bool isHandled) =>
        Assert.Equal(isHandled, AdminCommand.Handles(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData("cluster")]
    [InlineData("cluster dance")]
    [InlineData("cluster drain")]
    [InlineData("cluster status --server nowhere")]
    [InlineData("cluster groups --state sad")]
    [InlineData("cluster remove a --timeout soon")]
    [InlineData("channel")]
    [InlineData("channel purge")]
    [InlineData("channel purge orders --keep -1")]
    [InlineData("channel purge orders --before many")]
    [InlineData("channel delete-durable orders")]
    [InlineData("channel subscriptions --state sad")]
    public async Task LineThatMakesNoSense_EndsWith2(string line) => Assert.Equal(AdminExitCode.Usage, (await RunAsync(line)).ExitCode);

    [Theory]
    [InlineData("cluster --help", "transfer")]
    [InlineData("cluster remove --help", "--dry-run")]
    [InlineData("channel --help", "delete-durable")]
    [InlineData("channel purge --help", "--keep")]
    public async Task Help_NamesWhatThereIs(string line, string text)
    {
        var (exitCode, output) = await RunAsync(line);
        Assert.Equal(AdminExitCode.Done, exitCode);
        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatDoesNotAnswer_EndsWith3() =>
        Assert.Equal(AdminExitCode.Unavailable, (await RunAsync("cluster status --server http://127.0.0.1:1")).ExitCode);

    [Fact]
    public void Groups_AreOneLineEach()
    {
        var page = JsonElement.Parse("""
            {"count": 2, "total": 2, "unanswered": ["c"], "groups": [
              {"group": 0, "leader": "a", "term": 2, "quorum": true, "under_replicated": false, "moving": false, "damaged": false,
               "replicas": [{"node_id": "a", "state": "ok", "leader": true, "lag": 0}]},
              {"group": 3, "channel": "orders", "quorum": false, "under_replicated": true, "moving": true, "damaged": false,
               "replicas": [{"node_id": "a", "state": "down", "leader": false}, {"node_id": "d", "state": "learning", "leader": false, "lag": 12}]}]}
            """);
        Assert.Equal(
            """
            GROUP  CHANNEL     LEADER  TERM  QUORUM  REPLICAS
            0      (metadata)  a       2     yes     a*
            3      orders      -       -     NO      a(down) d(learning,12)  under-replicated, moving

            2 of 2 groups. In brackets: what a replica is, and how many entries it lacks
            Not complete: no answer from c

            """,
            AdminTables.Groups(page));
    }

    [Fact]
    public void Subscriptions_AreOneLineEach()
    {
        var page = JsonElement.Parse("""
            {"count": 1, "total": 3, "unanswered": [], "subscriptions": [
              {"channel": "orders", "durable_name": "work", "state": "offline", "last_sent": 4, "lag": 6, "pending": 2, "members": [{"client_id": "ann"}]},
              {"channel": "orders", "queue_group": "workers", "state": "active", "last_sent": 10, "lag": 0, "pending": 0, "members": [{"client_id": "ann"}, {"client_id": "bob"}]}]}
            """);
        Assert.Equal(
            """
            CHANNEL  DURABLE  QUEUE GROUP  STATE    LAST SENT  LAG  PENDING  CLIENTS
            orders   work     -            offline  4          6    2        ann
            orders   -        workers      active   10         0    0        ann bob

            1 of 3 channels. Lag: messages not sent yet; pending: sent and not acknowledged

            """,
            ChannelTables.Subscriptions(page));
    }

    [Fact]
    public void Refusal_SaysWhatIsAllowed() => Assert.Equal(
        "There is no node x.\nAllowed: a, b\n", AdminTables.Action(JsonElement.Parse("""{"error": "There is no node x.", "allowed": ["a", "b"]}""")));

    [Fact]
    public void Moves_AreATable() => Assert.Equal(
        """
        Dry run, nothing is changed. It goes.
        Warning: Mind the gap.

        GROUP  CHANNEL     FROM  TO
        0      (metadata)  a     -
        3      orders      a     d

        """,
        AdminTables.Action(JsonElement.Parse("""
            {"message": "It goes.", "changed": true, "dry_run": true, "warnings": ["Mind the gap."],
             "moves": [{"group": 0, "from": "a"}, {"group": 3, "channel": "orders", "from": "a", "to": "d"}]}
            """)));

    [Theory]
    [InlineData(2, false, false)]
    [InlineData(0, true, false)]
    [InlineData(0, false, true)]
    public void NodeIsDrained_WhenItLeadsNothing(int leaders, bool leadsMetadata, bool isDrained) => Assert.Equal(isDrained, AdminWait.IsDrained(
        JsonElement.Parse($$"""{"silos": [{"node_id": "a", "leaders": {{leaders}}, "metadata_leader": {{(leadsMetadata ? "true" : "false")}}}]}"""), "a"));

    private static async Task<(int ExitCode, string Text)> RunAsync(string line)
    {
        using var output = new StringWriter();
        int exitCode = await AdminCommand.RunAsync(line.Split(' '), output, output);
        return (exitCode, output.ToString());
    }
}
