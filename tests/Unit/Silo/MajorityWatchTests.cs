using Bayou.Silo.Clustering;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Silo;

public sealed class MajorityWatchTests : IAsyncDisposable
{
    private const int MaxMisses = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _told = new(0);
    private readonly List<string> _said = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly MajorityWatch _watch;
    private readonly Task _watching;
    private volatile bool _reachesMajority = true;

    public MajorityWatchTests()
    {
        _watch = new MajorityWatch(MajorityWatch.Interval * MaxMisses, Ask, () => Say("lost"), () => Say("found"), _time);
        _watching = _watch.WatchAsync(_stopping.Token);
    }

    [Fact]
    public async Task MajorityThatIsAwayForShort_IsNotMissed()
    {
        await LookAsync(reachesMajority: false, MaxMisses - 1);
        await LookAsync(reachesMajority: true, 1);
        await LookAsync(reachesMajority: false, MaxMisses - 1);
        await LookAsync(reachesMajority: true, 2);

        Assert.Empty(_said);
    }

    [Fact]
    public async Task MajorityThatIsAwayForLong_IsLostOnceAndFoundAtOnce()
    {
        await LookAsync(reachesMajority: false, MaxMisses);
        Assert.True(await _told.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await LookAsync(reachesMajority: false, MaxMisses + 1);
        await LookAsync(reachesMajority: true, 1);
        Assert.True(await _told.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await LookAsync(reachesMajority: true, 2);

        Assert.Equal(["lost", "found"], _said);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watching);
        _stopping.Dispose();
        _watch.Dispose();
        _asked.Dispose();
        _told.Dispose();
    }

    private bool Ask()
    {
        var answer = _reachesMajority;
        _asked.Release();
        return answer;
    }

    private void Say(string what)
    {
        _said.Add(what);
        _told.Release();
    }

    /// <summary>Lets it look so many times; it has acted upon all looks but the last.</summary>
    private async Task LookAsync(bool reachesMajority, int times)
    {
        _reachesMajority = reachesMajority;
        for (var i = 0; i < times; i++)
        {
            _time.Advance(MajorityWatch.Interval);
            Assert.True(await _asked.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }
    }
}
