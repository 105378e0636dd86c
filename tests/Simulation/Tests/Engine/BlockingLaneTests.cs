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
    public void LaneThatMayNotBegin_WaitsUntilItIsPoked()
    {
        var other = Lane();
        var lane = Lane();
        lane.MayBegin = () => !other.IsBusy;
        other.Paused = lane.Poke;
        other.Post(() => Block("a", 2));
        lane.Post(() => Block("b", 1));
        _loop.RunUntil(Second * 5);
        Assert.Equal(["a begins", "a ends", "b begins", "b ends"], _happened);
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
        BlockingLane.Running!.Wait(Second * seconds, what);
        _happened.Add($"{what} ends");
    }
}
