using Bayou.Grains.Replication;
using Bayou.Raft;
using Bayou.Raft.Membership;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class MembershipPlanTests
{
    [Fact]
    public void MembersAsWanted_NothingIsChanged() =>
        Assert.Null(MembershipPlan.Next(ConfState.OfVoters(1, 2, 3), [1, 2, 3], [], _ => true));

    [Fact]
    public void NewReplica_LearnsFirst()
    {
        ConfChange change = MembershipPlan.Next(ConfState.OfVoters(1, 2, 3), [1, 2, 4], [], _ => true)!;
        Assert.Equal(new ConfChangeStep(ConfChangeKind.AddLearner, 4), Assert.Single(change.Steps));
    }

    [Fact]
    public void LearnerThatLags_IsWaitedFor()
    {
        ConfState members = ConfState.OfVoters(1, 2, 3) with { Learners = [4] };
        Assert.Null(MembershipPlan.Next(members, [1, 2, 4], [], _ => false));
    }

    [Fact]
    public void LearnerThatCaughtUp_ChangesPlacesInOneJointStep()
    {
        ConfState members = ConfState.OfVoters(1, 2, 3) with { Learners = [4] };
        ConfChange change = MembershipPlan.Next(members, [1, 2, 4], [], _ => true)!;
        Assert.True(change.EntersJoint);
        Assert.Equal([new(ConfChangeKind.AddVoter, 4), new(ConfChangeKind.Remove, 3)], change.Steps);
    }

    [Fact]
    public void LearnerThatLags_KeepsNobodyElseWaiting()
    {
        ConfState members = ConfState.OfVoters(1, 2, 3, 4, 5) with { Learners = [6, 7] };
        ConfChange change = MembershipPlan.Next(members, [1, 2, 3, 6, 7], [], static replica => replica is not (5 or 7))!;
        Assert.True(change.EntersJoint);
        Assert.Equal([new(ConfChangeKind.AddVoter, 6), new(ConfChangeKind.Remove, 5)], change.Steps);
    }

    [Fact]
    public void GroupThatGrows_WaitsForAllOfThem() =>
        Assert.Null(MembershipPlan.Next(ConfState.OfVoters(1) with { Learners = [2, 3] }, [1, 2, 3], [], static replica => replica != 3));

    [Fact]
    public void LeaderThatIsToLeave_GivesUpItsOfficeFirst()
    {
        ConfState members = ConfState.OfVoters(1, 2, 3) with { Learners = [4] };
        Assert.Equal(3UL, MembershipPlan.Successor(members, leader: 1, [2, 3, 4], replica => replica != 2));
        Assert.Null(MembershipPlan.Successor(members, leader: 2, [2, 3, 4], _ => true));
        Assert.Null(MembershipPlan.Successor(ConfState.OfVoters(1) with { Learners = [4] }, leader: 1, [4], _ => true));
    }

    [Theory]
    [InlineData(true, new ulong[] { 1, 2, 3 }, new ulong[0], new ulong[0])]
    [InlineData(false, new ulong[] { 1, 2, 3 }, new ulong[] { 4 }, new ulong[0])]
    [InlineData(false, new ulong[] { 1, 2, 3 }, new ulong[0], new ulong[] { 1, 2, 4 })]
    [InlineData(false, new ulong[] { 1, 2 }, new ulong[0], new ulong[0])]
    [InlineData(false, new ulong[] { 1, 2, 4 }, new ulong[0], new ulong[0])]
    public void WantedMembers_AreMetByJustThose(bool areMet, ulong[] voters, ulong[] learners, ulong[] outgoing) => Assert.Equal(
        areMet, new WantedMembers([3, 1, 2], []).AreMet(new ConfState { Voters = voters, Learners = learners, VotersOutgoing = outgoing }));

    [Fact]
    public void JointMembership_IsLeftBeforeAnythingElse() =>
        Assert.Null(MembershipPlan.Next(ConfState.OfVoters(1, 2, 4) with { VotersOutgoing = [1, 2, 3] }, [1, 2, 5], [], _ => true));

    [Fact]
    public void AnyMemberships_LeadToTheWantedOneStepByStep() => Gen.Select(
        Gen.ULong[1, 9].HashSet[1, 5], Gen.ULong[1, 9].HashSet[1, 5], Gen.ULong[1, 9].HashSet[0, 3], Gen.ULong[1, 9].HashSet[0, 9]).Sample(static (now, wanted, learn, lag) =>
        {
            learn.ExceptWith(wanted);
            ConfState members = ConfState.OfVoters([.. now]);
            for (int step = 0; step < 20; step++)
            {
                // Those that lag do so for a while.
                int votersBefore = members.Voters.Count;
                if (MembershipPlan.Next(members, [.. wanted.Order()], learn, replica => step >= 8 || !lag.Contains(replica)) is not { } change)
                {
                    if (step < 8) continue;
                    Assert.Equal(wanted.Order(), members.Voters);
                    Assert.Equal(learn.Order(), members.Learners);
                    return;
                }

                members = Applied(members, change);
                Assert.True(members.Voters.Count >= Math.Min(votersBefore, wanted.Count), "The group has lost voters on the way.");
            }

            Assert.Fail("It never comes to an end.");
        });

    /// <summary>What a change amounts to once a joint configuration is left again.</summary>
    private static ConfState Applied(ConfState members, ConfChange change)
    {
        var voters = members.Voters.ToHashSet();
        var learners = members.Learners.ToHashSet();
        foreach (ConfChangeStep step in change.Steps)
        {
            voters.Remove(step.Replica);
            learners.Remove(step.Replica);
            if (step.Kind == ConfChangeKind.AddVoter) voters.Add(step.Replica);
            if (step.Kind == ConfChangeKind.AddLearner) learners.Add(step.Replica);
        }

        Assert.NotEmpty(voters);
        return new ConfState { Voters = [.. voters.Order()], Learners = [.. learners.Order()] };
    }
}
