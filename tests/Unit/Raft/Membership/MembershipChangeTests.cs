using Bayou.Raft;
using Bayou.Raft.Membership;
using Bayou.Raft.Replication;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Membership;

/// <summary>Membership changes as plans: the same result by different ways, and majorities that always meet.</summary>
public sealed class MembershipChangeTests
{
    private const int MaxId = 5;

    private static readonly Gen<ConfChangeStep> Step =
        Gen.Select(Gen.Enum<ConfChangeKind>(), Gen.ULong[1, MaxId], static (kind, id) => new ConfChangeStep(kind, id));

    private static readonly Gen<ConfState> Start = Gen.ULong[1, MaxId].HashSet[1, MaxId].Select(static ids => ConfState.OfVoters([.. ids]));

    [Fact]
    public void SimpleStep_GivesTheSameAsAJointChangeThatIsLeft() =>
        Gen.Select(Start, Step).SampleMany(static (start, step) =>
        {
            var (members, progress) = Restore(start);
            if (TrySimple(members, progress, step) is not { } simple)
            {
                return;
            }

            var joint = MembershipChange.EnterJoint(members, progress, [step], isAutoLeave: false, NewProgress);
            var left = MembershipChange.LeaveJoint(joint.Members, joint.Progress, NewProgress);
            Assert.True(simple.Members.ConfState.Equals(left.Members.ConfState));
            Assert.True(Ids(simple.Progress).SequenceEqual(Ids(left.Progress)));
        });

    [Fact]
    public void AnyJointChange_ThatIsLeftHasTheVotersOfItsStepsAlone() =>
        Gen.Select(Start, Step.Array[1, 6]).SampleMany(static (start, steps) =>
        {
            var (members, progress) = Restore(start);
            try
            {
                var joint = MembershipChange.EnterJoint(members, progress, steps, isAutoLeave: true, NewProgress);
                var left = MembershipChange.LeaveJoint(joint.Members, joint.Progress, NewProgress);
                var confState = left.Members.ConfState;
                Assert.True(joint.Members.ConfState.VotersOutgoing.SequenceEqual(start.Voters));
                Assert.True(joint.Members.ConfState.Voters.SequenceEqual(confState.Voters));
                Assert.True(confState.Voters.Concat(confState.Learners).Order().SequenceEqual(Ids(left.Progress)));
            }
            catch (MembershipException e)
            {
                Assert.Equal(MembershipError.NoVotersLeft, e.Error);
            }
        });

    [Fact]
    public void StoredMembership_IsRestoredAsItWas() =>
        Gen.Select(Start, Step.Array[1, 6]).SampleMany(static (start, steps) =>
        {
            var (members, progress) = Restore(start);
            try
            {
                var joint = MembershipChange.EnterJoint(members, progress, steps, isAutoLeave: true, NewProgress).Members;
                Assert.True(joint.ConfState.Equals(Restore(joint.ConfState).Members.ConfState));
            }
            catch (MembershipException e)
            {
                Assert.Equal(MembershipError.NoVotersLeft, e.Error);
            }
        });

    [Fact]
    public void SimpleChange_KeepsOldAndNewMajoritiesMeeting() =>
        Gen.Select(Start, Step.Array[1, 4]).SampleMany(static (start, steps) =>
        {
            var (members, progress) = Restore(start);
            try
            {
                var voters = MembershipChange.Simple(members, progress, steps, NewProgress).Members.ConfState.Voters;
                var common = voters.Intersect(start.Voters).Count();

                // Two majorities can be disjoint only if their sizes fit beside each other in the union.
                var union = voters.Union(start.Voters).Count();
                Assert.True((voters.Count / 2) + 1 + (start.Voters.Count / 2) + 1 > union || common == 0);
                Assert.True(common > 0);
            }
            catch (MembershipException e)
            {
                Assert.True(e.Error is MembershipError.NoVotersLeft or MembershipError.MoreThanOneVoterChanged);
            }
        });

    [Fact]
    public void ContradictoryMembership_IsRefused()
    {
        var both = new ConfState { Voters = [1, 2], Learners = [2] };
        Assert.ThrowsAny<Exception>(() => Restore(both));
        var autoLeave = new ConfState { Voters = [1], AutoLeave = true };
        Assert.Equal(MembershipError.Inconsistent, Assert.Throws<MembershipException>(() => Restore(autoLeave)).Error);
        var learnerNext = new ConfState { Voters = [1], VotersOutgoing = [1], LearnersNext = [3] };
        Assert.Equal(MembershipError.Inconsistent, Assert.Throws<MembershipException>(() => Restore(learnerNext)).Error);
    }

    private static (MemberSet Members, ProgressTable Progress) Restore(ConfState state) => MembershipChange.Restore(state, NewProgress);

    private static (MemberSet Members, ProgressTable Progress)? TrySimple(MemberSet members, ProgressTable progress, ConfChangeStep step)
    {
        try
        {
            return MembershipChange.Simple(members, progress, [step], NewProgress);
        }
        catch (MembershipException)
        {
            return null;
        }
    }

    private static IEnumerable<ulong> Ids(ProgressTable progress) => progress.Members.ToArray().Select(static p => p.Id);

    private static Progress NewProgress(ulong id, bool isLearner) => new(id, 1, 4, 0, isLearner);
}
