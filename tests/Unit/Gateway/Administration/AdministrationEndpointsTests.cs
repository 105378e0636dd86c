using System.Text.Json;
using Bayou.Grains.Interfaces.Administration;
using Xunit;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>The pages and actions as an HTTP client sees them.</summary>
public sealed class AdministrationEndpointsTests
{
    private static readonly ClusterSummary Cluster = new()
    {
        NodeId = "a",
        Formed = true,
        Silos = [new SiloSummary { Number = 1, NodeId = "a", State = SiloState.Alive, MetadataLeader = true, MetadataVoter = true, Leaders = 1, Replicas = 1 }],
        Groups =
        [
            new GroupSummary { Group = 0, Leader = "a", Term = 2, Quorum = true, Wanted = 1 },
            new GroupSummary { Group = 3, Channel = "orders", Quorum = false, Wanted = 3, UnderReplicated = true, Replicas = [new ReplicaSummary { NodeId = "a", State = ReplicaState.Down }] },
        ],
        Unanswered = ["b"],
    };

    [Fact]
    public async Task ClusterPage_CountsWhatNeedsAttention()
    {
        var (status, page) = await SendAsync(new FakeAdministration { Cluster = Cluster }, "GET", "/bayou/cluster");
        Assert.Equal(200, status);
        Assert.Equal("alive", page.GetProperty("silos")[0].GetProperty("state").GetString());
        Assert.True(page.GetProperty("silos")[0].GetProperty("metadata_leader").GetBoolean());
        var groups = page.GetProperty("groups");
        Assert.Equal((2, 1, 1, 1), (Number(groups, "total"), Number(groups, "without_quorum"), Number(groups, "without_leader"), Number(groups, "under_replicated")));
        Assert.Equal("b", page.GetProperty("unanswered")[0].GetString());
    }

    [Theory]
    [InlineData("", "0 3")]
    [InlineData("?state=no_quorum", "3")]
    [InlineData("?channel=orders", "3")]
    [InlineData("?channel=invoices", "")]
    [InlineData("?state=damaged", "")]
    [InlineData("?offset=1", "3")]
    [InlineData("?limit=1", "0")]
    public async Task GroupsPage_HoldsWhatIsAskedFor(string query, string groups)
    {
        var (_, page) = await SendAsync(new FakeAdministration { Cluster = Cluster }, "GET", "/bayou/groups", query);
        Assert.Equal(groups, string.Join(' ', page.GetProperty("groups").EnumerateArray().Select(group => Number(group, "group"))));
    }

    [Theory]
    [InlineData("?state=sad", "Allowed are: damaged, moving, no_leader, no_quorum, under_replicated")]
    [InlineData("?offset=x", "offset")]
    public async Task GroupsPage_SaysWhatMakesNoSense(string query, string error)
    {
        var (status, page) = await SendAsync(new FakeAdministration(), "GET", "/bayou/groups", query);
        Assert.Equal(400, status);
        Assert.Contains(error, page.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transfer", """{"group": 3, "to": "b"}""", "transfer 3 b")]
    [InlineData("transfer", """{"group": "orders"}""", "transfer orders ")]
    [InlineData("drain", """{"node_id": "b"}""", "drain b")]
    [InlineData("add", """{"node_id": "b"}""", "add b")]
    [InlineData("remove", """{"node_id": "b", "dry_run": true}""", "remove b (dry run)")]
    public async Task Action_IsPassedOn(string action, string body, string asked)
    {
        var administration = new FakeAdministration();
        var (status, answer) = await SendAsync(administration, "POST", $"/bayou/cluster/{action}", body: body);
        Assert.Equal((200, "It is done."), (status, answer.GetProperty("message").GetString()));
        Assert.Equal(asked, Assert.Single(administration.Asked));
    }

    [Theory]
    [InlineData(AdminOutcome.Unchanged, 200)]
    [InlineData(AdminOutcome.NotFound, 404)]
    [InlineData(AdminOutcome.Refused, 409)]
    [InlineData(AdminOutcome.Unavailable, 503)]
    public async Task Outcome_IsTheStatus(AdminOutcome outcome, int expected)
    {
        var administration = new FakeAdministration { Result = new AdminResult { Outcome = outcome, Message = "So it is.", Allowed = ["a", "b"] } };
        var (status, answer) = await SendAsync(administration, "POST", "/bayou/cluster/drain", body: """{"node_id": "x"}""");
        Assert.Equal(expected, status);
        Assert.Equal(expected != 200, answer.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("""{"node": "b"}""")]
    [InlineData("""{"node_id": 3}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task RequestThatMakesNoSense_IsRefused(string body)
    {
        var administration = new FakeAdministration();
        var (status, answer) = await SendAsync(administration, "POST", "/bayou/cluster/remove", body: body);
        Assert.Equal(400, status);
        Assert.Contains("node_id", answer.GetProperty("allowed").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(administration.Asked);
    }

    /// <summary>What a web page can send without asking first.</summary>
    [Theory]
    [InlineData("text/plain", null, 415)]
    [InlineData("application/json", "http://evil.example", 403)]
    public async Task RequestOfAWebPage_IsRefused(string contentType, string? origin, int expected)
    {
        var administration = new FakeAdministration();
        var (status, _) = await SendAsync(administration, "POST", "/bayou/cluster/remove", body: """{"node_id": "b"}""", contentType: contentType, origin: origin);
        Assert.Equal(expected, status);
        Assert.Empty(administration.Asked);
    }

    [Fact]
    public async Task RequestOfAnotherMachine_IsRefused()
    {
        var administration = new FakeAdministration();
        var (status, _) = await SendAsync(administration, "POST", "/bayou/cluster/remove", body: """{"node_id": "b"}""", remote: "10.0.0.7");
        Assert.Equal(403, status);
        Assert.Empty(administration.Asked);
    }

    private static Task<(int Status, JsonElement Content)> SendAsync(
        FakeAdministration administration, string method, string path, string query = "", string body = "",
        string contentType = "application/json", string? origin = null, string remote = "127.0.0.1") =>
        new AdministrationPort { Cluster = administration }.SendAsync(method, path, query, body, contentType, origin, remote);

    private static int Number(JsonElement owner, string name) => owner.GetProperty(name).GetInt32();
}
