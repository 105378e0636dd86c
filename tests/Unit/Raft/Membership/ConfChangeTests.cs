using Bayou.Raft;
using Bayou.Raft.Membership;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Membership;

public sealed class ConfChangeTests
{
    private static readonly Gen<ConfChange> Changes =
        from transition in Gen.Enum<ConfChangeTransition>()
        from steps in Gen.Select(Gen.Enum<ConfChangeKind>(), Gen.ULong, static (kind, id) => new ConfChangeStep(kind, id)).Array[0, 5]
        from context in Gen.Byte.Array[0, 20]
        select new ConfChange { Transition = transition, Steps = steps, Context = context };

    [Fact]
    public void EncodedChange_DecodesToItself() => Changes.SampleMany(static change => Assert.Equal(change, ConfChange.Decode(change.Encode())));

    [Fact]
    public void LeavingAJointConfiguration_IsNoBytes()
    {
        Assert.Empty(ConfChange.LeaveJoint.Encode());
        Assert.True(ConfChange.Decode(default).LeavesJoint);
    }

    [Fact]
    public void EveryTruncation_IsRefusedUnlessItOnlyCutsTheContext()
    {
        var bytes = new ConfChange { Steps = [new(ConfChangeKind.AddVoter, 1), new(ConfChangeKind.Remove, 2)] }.Encode();
        for (var length = 1; length < bytes.Length; length++)
        {
            var prefix = bytes.AsMemory(0, length);
            Assert.Throws<FormatException>(() => ConfChange.Decode(prefix));
        }
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(1, 3)]
    [InlineData(4, 4)]
    public void UnknownVersionTransitionOrKind_IsRefused(int position, byte value)
    {
        var bytes = ConfChange.Of(ConfChangeKind.AddVoter, 1).Encode();
        bytes[position] = value;
        Assert.Throws<FormatException>(() => ConfChange.Decode(bytes));
    }

    [Theory]
    [InlineData(ConfChangeTransition.Auto, 1, false)]
    [InlineData(ConfChangeTransition.Auto, 2, true)]
    [InlineData(ConfChangeTransition.JointImplicit, 1, true)]
    [InlineData(ConfChangeTransition.JointExplicit, 0, true)]
    public void JointConfiguration_IsEnteredForSeveralStepsOrOnDemand(ConfChangeTransition transition, int steps, bool isJoint)
    {
        var change = new ConfChange
        {
            Transition = transition,
            Steps = [.. Enumerable.Range(1, steps).Select(static i => new ConfChangeStep(ConfChangeKind.AddVoter, (ulong)i))],
        };
        Assert.Equal(isJoint, change.EntersJoint);
        Assert.False(change.LeavesJoint);
    }

    [Fact]
    public void SingleStepEncoding_TakesNoJointChange()
    {
        var node = TestReplica.Of(1).Node;
        var joint = new ConfChange { Transition = ConfChangeTransition.JointExplicit };
        Assert.Throws<ArgumentException>(() => node.ProposeConfChange(joint, EntryKind.ConfChange));
        Assert.Throws<ArgumentException>(() => node.ProposeConfChange(joint, EntryKind.Normal));
    }
}
