using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>A group of one voter with asynchronous storage writes, driven the way a host drives it.</summary>
public sealed class SingleVoterTests
{
    private readonly MemoryLog _log = new(ConfState.OfVoters(1));
    private readonly List<Entry> _applied = [];
    private readonly RaftNode _node;

    public SingleVoterTests() =>
        _node = new RaftNode(new RaftOptions { Id = 1, Random = new Random(1) }, _log);

    [Fact]
    public void OwnVoteIsDurable_WinsTheElection()
    {
        _node.Campaign();
        Settle();
        Assert.Equal(RaftRole.Leader, _node.Role);
        Assert.Equal(1ul, _node.Term);
        Assert.Equal(new HardState(1, 1, 1), _log.InitialState.HardState);
    }

    [Fact]
    public void OwnVoteIsNotDurable_StaysCandidate()
    {
        _node.Campaign();
        DoAllButDeliverWrites();
        Assert.NotEqual(RaftRole.Leader, _node.Role);
    }

    [Fact]
    public void ElectionTimeoutPasses_CampaignsByItself()
    {
        for (var i = 0; i < 20; i++)
        {
            _node.Tick();
        }

        Settle();
        Assert.Equal(RaftRole.Leader, _node.Role);
    }

    [Fact]
    public void BatchIsProposed_IsCommittedOnlyAfterItsWriteWasAnswered()
    {
        _node.Campaign();
        Settle();
        ReadOnlyMemory<byte>[] batch = [new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 }];
        var result = _node.Propose(batch);
        Assert.Equal(new ProposeResult(ProposeOutcome.Accepted, 2, 1), result);
        Assert.Equal(1ul, _node.CommitIndex);
        DoAllButDeliverWrites();
        Assert.Equal(1ul, _node.CommitIndex);
    }

    [Fact]
    public void BatchIsProposed_IsAppliedInOrderAndByReference()
    {
        _node.Campaign();
        Settle();
        ReadOnlyMemory<byte>[] batch = [new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 }];
        _node.Propose(batch);
        Settle();
        Assert.Equal([1ul, 2, 3, 4], _applied.Select(e => e.Index));
        Assert.Equal(batch, _applied.Skip(1).Select(e => e.Data));
        Assert.Equal(4ul, _node.AppliedIndex);
        Assert.False(_node.HasReady);
    }

    private void DoAllButDeliverWrites() => _node.TakeReady();

    private void Settle()
    {
        while (_node.HasReady)
        {
            foreach (var message in _node.TakeReady().Messages.ToArray())
            {
                Do(message);
            }
        }
    }

    private void Do(in RaftMessage message)
    {
        if (message.Kind == MessageKind.StorageAppend)
        {
            _log.Append(message.Entries.Span);
            if (message.HardState is { } hardState)
            {
                _log.SetHardState(hardState);
            }
        }
        else
        {
            Assert.Equal(MessageKind.StorageApply, message.Kind);
            _applied.AddRange(message.Entries.Span);
        }

        foreach (var response in message.Responses)
        {
            Assert.Equal(1ul, response.To);
            _node.Step(response);
        }
    }
}
