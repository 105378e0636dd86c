using Bayou.Simulation.Engine;
using Xunit;

namespace Bayou.Simulation.Tests.Engine;

public sealed class BlockingLaneTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop = new();
    private readonly VirtualProcess _process;
    private readonly List<string> _happened = [];

    public BlockingLaneTests() => _process = new VirtualProcess(_loop, "n1");

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void BlockingWork_LetsTheLoopGoOn()
    {
        Lane().Post(() => Block("a", 2));
        _process.Schedule(Second, () => _happened.Add("loop"));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "loop", "a ends"], _happened);
    }

    [Fact]
    public void PiecesOfOneLane_FollowEachOther()
    {
        var lane = Lane();
        lane.Post(() => Block("a", 2));
        lane.Post(() => Block("b", 1));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "a ends", "b begins", "b ends"], _happened);
    }

    [Fact]
    public void PiecesOfTwoLanes_Overlap()
    {
        Lane().Post(() => Block("a", 2));
        Lane().Post(() => Block("b", 1));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "b begins", "b ends", "a ends"], _happened);
    }

    [Fact]
    public void WorkThatWaitsForACondition_GoesOnOnceItIsPokedAndTrue()
    {
        var isOpen = false;
        var lane = Lane();
        lane.Post(() =>
        {
            lane.WaitUntil(() => isOpen);
            _happened.Add("through");
        });
        _loop.RunUntil(Second);
        lane.Poke();
        _loop.RunUntil(Second * 2);
        Assert.Empty(_happened);
        isOpen = true;
        lane.Poke();
        _loop.RunUntil(Second * 3);
        Assert.Equal(["through"], _happened);
    }

    [Fact]
    public void HurriedWork_WaitsForNoTime()
    {
        var lane = Lane();
        lane.Post(() =>
        {
            Block("a", 2);
            Block("b", 3);
        });
        _process.Schedule(Second, () =>
        {
            Assert.True(lane.HurryUp());
            _happened.Add("hurried");
        });
        _loop.RunUntil(Second * 3.5);
        Assert.Equal(["a begins", "a ends", "b begins", "hurried"], _happened);
        _loop.RunUntil(Second * 4);
        Assert.Equal("b ends", _happened[^1]);
        Assert.False(lane.HurryUp());
    }

    [Fact]
    public void WorkWhoseConditionDoesNotHold_CannotBeHurried()
    {
        var lane = Lane();
        lane.Post(() => lane.WaitUntil(static () => false));
        _loop.RunUntil(Second);
        Assert.False(lane.HurryUp());
        Assert.True(lane.IsBusy);
    }

    [Fact]
    public void Continuations_ComeBackToTheLane()
    {
        var lane = Lane();
        var gate = new TaskCompletionSource();
        lane.Post(() => _ = WorkAsync());
        _process.Schedule(Second, gate.SetResult);
        _process.Schedule(Second * 2, () => _happened.Add("loop"));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "loop", "a ends"], _happened);

        async Task WorkAsync()
        {
            await gate.Task;
            Assert.Same(lane, BlockingLane.Running);
            Block("a", 2);
        }
    }

    [Fact]
    public void EndedProcess_EndsWhatBlocks()
    {
        var lane = Lane();
        lane.Post(() =>
        {
            try
            {
                Block("a", 2);
            }
            finally
            {
                _happened.Add("unwound");
            }
        });
        lane.Post(() => Block("b", 1));
        _loop.RunUntil(Second);
        _process.End();
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "unwound"], _happened);
        Assert.False(lane.IsBusy);
    }

    [Fact]
    public void Fault_GoesToTheProcess()
    {
        _process.Faulted = e => _happened.Add(e.Message);
        var lane = Lane();
        lane.Post(() =>
        {
            Block("a", 1);
            throw new InvalidOperationException("broken");
        });
        lane.Post(() => _happened.Add("next"));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "a ends", "broken"], _happened.Take(3));
    }

    private BlockingLane Lane() => new(_loop, _process);

    private void Block(string what, int seconds)
    {
        _happened.Add($"{what} begins");
        BlockingLane.Running!.Wait(Second * seconds);
        _happened.Add($"{what} ends");
    }
}
