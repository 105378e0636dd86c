using Bayou.Simulation.Engine;
using Xunit;

namespace Bayou.Simulation.Tests.Engine;

public sealed class EventLoopTests : IDisposable
{
    private readonly EventLoop _loop = new();
    private readonly List<string> _happened = [];

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void Events_RunInOrderOfTimeAndThenOfScheduling()
    {
        Schedule(2, "c");
        Schedule(1, "a");
        Schedule(1, "b");
        Run();
        Assert.Equal(["a", "b", "c"], _happened);
        Assert.Equal(TimeSpan.FromMilliseconds(2), _loop.Now);
        Assert.Equal(3, _loop.EventCount);
    }

    [Fact]
    public void RunUntil_StopsAtItsTimeAndLetsItCome()
    {
        Schedule(1, "a");
        Schedule(3, "b");
        _loop.RunUntil(TimeSpan.FromMilliseconds(2));
        Assert.Equal(["a"], _happened);
        Assert.Equal(TimeSpan.FromMilliseconds(2), _loop.Now);
    }

    [Fact]
    public void RunUntilDone_StopsAsSoonAsItIs()
    {
        Schedule(1, "a");
        Schedule(2, "b");
        Assert.True(_loop.RunUntil(() => _happened.Count == 1, TimeSpan.FromSeconds(1)));
        Assert.False(_loop.RunUntil(() => _happened.Count == 3, TimeSpan.FromSeconds(1)));
        Assert.Equal(["a", "b"], _happened);
    }

    [Fact]
    public void PausedProcess_RunsNothingUntilItGoesOn()
    {
        var process = new VirtualProcess(_loop, "n1");
        process.Schedule(TimeSpan.FromMilliseconds(1), () => _happened.Add("a"));
        process.Schedule(TimeSpan.FromMilliseconds(2), () => _happened.Add("b"));
        process.Pause();
        Schedule(5, "other");
        _loop.RunUntil(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["other"], _happened);
        process.Resume();
        Run();
        Assert.Equal(["other", "a", "b"], _happened);
    }

    [Fact]
    public void EndedProcess_NeverRunsAgain()
    {
        var process = new VirtualProcess(_loop, "n1");
        process.Ended += () => _happened.Add("ended");
        process.Schedule(TimeSpan.Zero, () => _happened.Add("a"));
        process.End();
        process.End();
        process.Schedule(TimeSpan.Zero, () => _happened.Add("b"));
        Run();
        Assert.Equal(["ended"], _happened);
    }

    [Fact]
    public void Fault_GoesToTheProcess()
    {
        var process = new VirtualProcess(_loop, "n1") { Faulted = e => _happened.Add(e.Message) };
        process.Schedule(TimeSpan.Zero, () => throw new InvalidOperationException("broken"));
        Run();
        Assert.Equal(["broken"], _happened);
    }

    [Fact]
    public async Task Continuations_AreEventsOfTheirProcess()
    {
        var process = new VirtualProcess(_loop, "n1");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? work = null;
        process.Schedule(TimeSpan.Zero, () => work = WorkAsync(gate.Task));
        Run();
        gate.SetResult();
        Schedule(0, "other");
        Run();
        Assert.Equal(["before", "after", "other"], _happened);
        await work!;
    }

    [Fact]
    public void WorkOfAnotherThread_EndsTheRun()
    {
        var thread = new Thread(() => _loop.Schedule(TimeSpan.Zero, () => { }));
        thread.Start();
        thread.Join();
        Assert.Contains("escaped", Assert.Throws<InvalidOperationException>(() => _loop.RunNext()).Message, StringComparison.Ordinal);
    }

    private async Task WorkAsync(Task gate)
    {
        _happened.Add("before");
        await gate;
        _happened.Add("after");
    }

    private void Schedule(int milliseconds, string what) => _loop.Schedule(TimeSpan.FromMilliseconds(milliseconds), () => _happened.Add(what));

    private void Run()
    {
        while (_loop.RunNext())
        {
            // Until nothing is left.
        }
    }
}
