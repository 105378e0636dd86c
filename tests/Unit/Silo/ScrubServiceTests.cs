using System.Threading.Channels;
using Bayou.Records;
using Bayou.Silo;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Bayou.Unit.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Silo;

public sealed class ScrubServiceTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;
    private readonly SteppedTime _time = new();
    private readonly FakeLogger<ScrubService> _log = new();

    public ScrubServiceTests()
    {
        _store = OpenDamaged(_disk);
        _store.Commit(Write(Orders, Entry(1)));
        for (var i = 1UL; i <= 50; i++)
        {
            _store.OpenLog(Orders).Append(Batch(i, payloadBytes: 1000), i);
        }

        CheckIn(_store, applied: 50);
    }

    public void Dispose()
    {
        _store.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public async Task Damage_IsFoundInThePassAfterIt()
    {
        using var scrub = new ScrubService(_store, Week, _time, _log);
        await scrub.StartAsync(TestContext.Current.CancellationToken);
        var found = new List<GroupId>();
        _store.FaultFound += found.Add;
        Assert.Equal(ScrubService.FirstDelay, await _time.PassAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), await _time.PassAsync());
        Assert.Equal(Week - TimeSpan.FromSeconds(1), await _time.NextAsync());
        Assert.Equal(LogLevel.Debug, _log.LatestRecord.Level);
        Assert.Empty(found);

        Damage(_disk, Segments(_disk)[0], bytes => bytes[^1] ^= 1);
        _time.Advance(Week);
        await _time.PassAsync();
        await _time.NextAsync();
        Assert.Equal([LogLevel.Debug, LogLevel.Error, LogLevel.Debug], _log.Collector.GetSnapshot().Select(record => record.Level));
        Assert.Equal([Orders], found);
        await scrub.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task IntervalOfZero_MeansNever()
    {
        using var scrub = new ScrubService(_store, TimeSpan.Zero, _time, _log);
        await scrub.StartAsync(TestContext.Current.CancellationToken);
        await scrub.ExecuteTask!.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _log.Collector.Count);
    }

    /// <summary>A clock that stands still while somebody has work to do, and then goes on to what is waited for.</summary>
    private sealed class SteppedTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Writer.TryWrite(dueTime);
            return timer;
        }

        /// <summary>For how long somebody waits, as soon as somebody does.</summary>
        public async Task<TimeSpan> NextAsync() => await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

        /// <summary>The same, and lets that time pass.</summary>
        public async Task<TimeSpan> PassAsync()
        {
            var wait = await NextAsync();
            Advance(wait);
            return wait;
        }
    }
}
