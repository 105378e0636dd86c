using Bayou.Simulation.Engine;
using Xunit;

namespace Bayou.Simulation.Tests.Engine;

public sealed class VirtualTimeTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly EventLoop _loop = new();
    private readonly VirtualProcess _process;
    private int _fired;

    public VirtualTimeTests() => _process = new VirtualProcess(_loop, "n1");

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void Clock_FollowsTheLoop()
    {
        var time = Time(rate: 1);
        var before = time.GetTimestamp();
        _loop.RunUntil(TimeSpan.FromSeconds(3));
        Assert.Equal(Start + TimeSpan.FromSeconds(3), time.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(3), time.GetElapsedTime(before));
    }

    [Fact]
    public void Jump_MovesTheWallClockOnly()
    {
        var clock = new VirtualClock(_loop, Start);
        var time = new VirtualTime(clock, _process);
        var before = time.GetTimestamp();
        clock.Jump(TimeSpan.FromHours(-1));
        Assert.Equal(Start - TimeSpan.FromHours(1), time.GetUtcNow());
        Assert.Equal(before, time.GetTimestamp());
    }

    [Fact]
    public void FastClock_SeesMoreTimeAndFiresEarlier()
    {
        var time = Time(rate: 1.5);
        using var timer = Timer(time, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        _loop.RunUntil(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Equal(0, _fired);
        _loop.RunUntil(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _fired);
        Assert.True(time.GetElapsedTime(0) >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void PeriodicTimer_FiresUntilItIsDisposed()
    {
        using var timer = Timer(Time(rate: 1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _loop.RunUntil(TimeSpan.FromSeconds(5.5));
        Assert.Equal(3, _fired);
        timer.Dispose();
        _loop.RunUntil(TimeSpan.FromSeconds(20));
        Assert.Equal(3, _fired);
    }

    [Fact]
    public void ChangedTimer_FiresOnlyAtItsNewTime()
    {
        using var timer = Timer(Time(rate: 1), TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        _loop.RunUntil(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _fired);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop.RunUntil(TimeSpan.FromSeconds(10));
        Assert.Equal(0, _fired);
    }

    [Fact]
    public void Delay_IsVirtual()
    {
        var done = false;
        _process.Schedule(TimeSpan.Zero, () => _ = WaitAsync());
        _loop.RunUntil(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.False(done);
        _loop.RunUntil(TimeSpan.FromDays(1));
        Assert.True(done);

        async Task WaitAsync()
        {
            await Task.Delay(TimeSpan.FromDays(1), Time(rate: 1), TestContext.Current.CancellationToken);
            done = true;
        }
    }

    [Fact]
    public void TimerOfAPausedProcess_FiresWhenItGoesOn()
    {
        using var timer = Timer(Time(rate: 1), TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _process.Pause();
        _loop.RunUntil(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _fired);
        _process.Resume();
        _loop.RunUntil(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _fired);
    }

    private VirtualTime Time(double rate) => new(new VirtualClock(_loop, Start, rate), _process);

    private ITimer Timer(VirtualTime time, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(_ => _fired++, state: null, dueTime, period);
}
