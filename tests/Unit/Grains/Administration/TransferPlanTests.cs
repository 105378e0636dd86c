using Bayou.Grains.Administration;
using Bayou.Grains.Interfaces.Administration;
using Xunit;

namespace Bayou.Unit.Grains.Administration;

public sealed class TransferPlanTests
{
    private readonly GroupSummary _orders = new()
    {
        Group = 7,
        Channel = "orders",
        Leader = "a",
        Replicas = [Replica("a", leader: true), Replica("b"), Replica("c")],
    };

    private readonly ClusterSummary _cluster = new() { NodeId = "a", Formed = true, Silos = [Silo(1, "a", 3), Silo(2, "b", 2), Silo(3, "c", 1)] };

    [Theory]
    [InlineData("orders", "b", "b")]
    [InlineData("7", "b", "b")]
    [InlineData("7", null, "c")]
    public void Group_GoesToTheNodeNamed_OrToTheOneThatLeadsTheFewest(string group, string? to, string successor) =>
        Assert.Equal(new TransferPlan(7, "a", successor), TransferPlan.Of(group, to, _cluster with { Groups = [_orders] }));

    [Theory]
    [InlineData("8", "b", AdminOutcome.NotFound, "")]
    [InlineData("invoices", "b", AdminOutcome.NotFound, "")]
    [InlineData("7", "x", AdminOutcome.NotFound, "a b c")]
    [InlineData("7", "a", AdminOutcome.Unchanged, "")]
    public void RequestThatCannotBeMet_IsAnsweredWithWhatCould(string group, string to, AdminOutcome outcome, string allowed)
    {
        var refusal = TransferPlan.Of(group, to, _cluster with { Groups = [_orders] }).Refusal!;
        Assert.Equal((outcome, allowed), (refusal.Outcome, string.Join(' ', refusal.Allowed)));
    }

    [Fact]
    public void NodeThatIsNotUpToDate_DoesNotLead()
    {
        var group = _orders with { Replicas = [Replica("a", leader: true), Replica("b") with { Lag = 65 }, Replica("c")] };
        var refusal = TransferPlan.Of("7", "b", _cluster with { Groups = [group] }).Refusal!;
        Assert.Equal((AdminOutcome.Refused, "c"), (refusal.Outcome, Assert.Single(refusal.Allowed)));
    }

    [Fact]
    public void DrainedNode_DoesNotLead()
    {
        var silos = _cluster.Silos.Select(silo => silo with { Drained = silo.NodeId == "c" }).ToList();
        Assert.Equal("b", TransferPlan.Of("7", to: null, _cluster with { Silos = silos, Groups = [_orders] }).To);
    }

    [Fact]
    public void GroupWithoutLeader_CannotBeTransferred() =>
        Assert.Equal(AdminOutcome.Unavailable, TransferPlan.Of("7", "b", _cluster with { Groups = [_orders with { Leader = null }] }).Refusal!.Outcome);

    private static SiloSummary Silo(ulong number, string node, int leaders) => new() { Number = number, NodeId = node, State = SiloState.Alive, Leaders = leaders };

    private static ReplicaSummary Replica(string node, bool leader = false) => new() { NodeId = node, State = ReplicaState.Ok, Voter = true, Leader = leader, Lag = 0 };
}
