using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Grains.Interfaces;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Grains.Channels;

/// <summary>The leader of one channel, whose proposals are applied when a test says so.</summary>
public sealed class LeaderTailTests : IDisposable
{
    private const string Name = "orders";
    private const long Second = 1_000_000_000;

    private static readonly ChannelLimits Unlimited = new() { MaxMessages = 0, MaxBytes = 0 };

    private readonly MemoryDisk _disk = new();
    private readonly SiloStore _store;
    private readonly ChannelLog _log;
    private readonly ChannelStateMachine _machine = new(Name);
    private readonly Queue<object> _proposed = new();
    private LeaderTail _tail;
    private ulong _index;
    private ulong _batch;

    public LeaderTailTests()
    {
        _store = Open(_disk);
        _log = _store.OpenLog(Orders);
        _tail = Lead(Unlimited);
    }

    public void Dispose()
    {
        _tail.End();
        _store.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Batches_AreNumberedOneBehindTheOtherBeforeAnyIsApplied()
    {
        Assert.Equal((1UL, 3), PlaceOf(Propose(now: Second, count: 3)));
        Assert.Equal((4UL, 2), PlaceOf(Propose(now: Second, count: 2)));
        Apply();
        Assert.Equal((6UL, 1), PlaceOf(Propose(now: Second)));
    }

    [Fact]
    public void Time_NeverGoesBack()
    {
        Assert.Equal(5 * Second, Propose(now: 5 * Second).Timestamp);
        Assert.Equal(5 * Second, Propose(now: 3 * Second).Timestamp);
        Apply();
        _tail = Lead(Unlimited);
        Assert.Equal(5 * Second, Propose(now: 4 * Second).Timestamp);
        Assert.Equal(6 * Second, Propose(now: 6 * Second).Timestamp);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MessagesOverTheNumber_AreTrimmedOnce(bool isApplied)
    {
        _tail = Lead(Unlimited with { MaxMessages = 5 });
        var bytes = Propose(now: Second, count: 4).AccountedBytes;
        if (isApplied)
        {
            Apply();
        }

        Assert.Null(_tail.TakeExcess());
        Propose(now: Second, count: 3);
        var trim = _tail.TakeExcess();
        Assert.Equal(new Trim { FirstSequence = 3, Bytes = bytes / 2 }, trim);
        Assert.Null(_tail.TakeExcess());
    }

    [Fact]
    public void MessagesOverTheBytes_AreTrimmedButForTheNewest()
    {
        _tail = Lead(Unlimited with { MaxBytes = 1 });
        Propose(now: Second);
        Assert.Null(_tail.TakeExcess());
        Propose(now: Second, count: 3);
        Assert.Equal(4UL, _tail.TakeExcess()!.FirstSequence);
    }

    [Fact]
    public void LimitThatWasLoweredFar_IsReachedInTrimsOfBoundedSize()
    {
        for (var i = 0; i < 5; i++)
        {
            Propose(now: Second, count: 5_000);
        }

        Apply();
        _tail = Lead(Unlimited with { MaxMessages = 10 });
        Assert.Equal([10_001UL, 20_001UL, 24_991UL], Enumerable.Range(0, 3).Select(_ => _tail.TakeExcess()!.FirstSequence));
        Assert.Null(_tail.TakeExcess());
    }

    [Fact]
    public void WhatIsTrimmed_LeavesTheBytesThatTheStateMachineCounts()
    {
        _tail = Lead(Unlimited with { MaxMessages = 7 });
        for (var i = 1; i <= 30; i++)
        {
            Propose(now: i * Second, count: 1 + (i % 4));
            Note(_tail.TakeExcess());
            if (i % 3 == 0)
            {
                Apply();
            }
        }

        Apply();
        Assert.Equal(7, (long)(_machine.LastSequence - _machine.FirstSequence + 1));
        var left = ReadAll(_log, _machine.FirstSequence).SelectMany(Sizes).Where(size => size.Sequence >= _machine.FirstSequence);
        Assert.Equal((ulong)left.Sum(size => size.Bytes), _machine.Bytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MessagesThatAreTooOld_AreTrimmedTheNewestToo(bool isApplied)
    {
        _tail = Lead(Unlimited with { MaxAge = TimeSpan.FromSeconds(10) });
        Assert.Null(_tail.UntilExpiry(Second));
        Propose(now: 1 * Second, count: 2);
        Propose(now: 4 * Second);
        if (isApplied)
        {
            Apply();
        }

        Assert.Equal(TimeSpan.FromSeconds(3), _tail.UntilExpiry(8 * Second));
        Assert.Null(_tail.TakeExpired(11 * Second));
        Assert.Equal(3UL, _tail.TakeExpired((11 * Second) + 1)!.FirstSequence);
        Assert.Equal(TimeSpan.FromSeconds(2), _tail.UntilExpiry(12 * Second));
        Assert.Equal(4UL, _tail.TakeExpired(20 * Second)!.FirstSequence);
        Assert.Null(_tail.UntilExpiry(20 * Second));
        Assert.Null(_tail.TakeExpired(20 * Second));
    }

    [Fact]
    public void MessagesBelowASequence_AreTrimmedOnce()
    {
        var bytes = Propose(now: Second, count: 4).AccountedBytes;
        Apply();
        Assert.Null(_tail.TakeBelow(1));
        Assert.Equal(new Trim { FirstSequence = 3, Bytes = bytes / 2 }, _tail.TakeBelow(3));
        Assert.Null(_tail.TakeBelow(3));
        Assert.Null(_tail.TakeBelow(2));
    }

    [Fact]
    public void MessagesBelowASequence_GoInTrimsOfBoundedSizeWhereOthersStay()
    {
        for (var i = 0; i < 5; i++)
        {
            Propose(now: Second, count: 5_000);
        }

        Apply();
        Assert.Equal([10_001UL, 20_001UL, 25_000UL], Enumerable.Range(0, 3).Select(_ => _tail.TakeBelow(25_000)!.FirstSequence));
        Assert.Null(_tail.TakeBelow(25_000));
    }

    /// <summary>What is proposed and not applied counts, too: the trim comes behind it in the log.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AllMessages_GoAtOnceWithAllTheirBytes(bool isApplied)
    {
        for (var i = 0; i < 3; i++)
        {
            Propose(now: Second, count: 5_000);
        }

        if (isApplied)
        {
            Apply();
        }

        var trim = _tail.TakeBelow(15_001);
        Assert.Equal(15_001UL, trim!.FirstSequence);
        Note(trim);
        Assert.Equal((15_001UL, 2), PlaceOf(Propose(now: Second, count: 2)));
        Apply();
        Assert.Equal((15_001UL, 15_002UL), (_machine.FirstSequence, _machine.LastSequence));
        Assert.Equal((ulong)ReadAll(_log, 15_001).SelectMany(Sizes).Sum(size => size.Bytes), _machine.Bytes);
        Note(_tail.TakeBelow(15_002));
        Apply();
        Assert.Equal((ulong)Sizes(ReadAll(_log, 15_002)[0])[^1].Bytes, _machine.Bytes);
    }

    [Fact]
    public void NewLeader_GoesOnWhereTheLogEnds()
    {
        Propose(now: Second, count: 2);
        Apply();
        Propose(now: Second, count: 5);
        _proposed.Clear();
        _tail = Lead(Unlimited with { MaxMessages = 2 });
        Assert.Equal((3UL, 1), PlaceOf(Propose(now: Second)));
        Assert.Equal(2UL, _tail.TakeExcess()!.FirstSequence);
    }

    private static (ulong First, int Count) PlaceOf(in RecordBatch batch) => (batch.BaseSequence, batch.Count);

    private static List<(ulong Sequence, long Bytes)> Sizes(RecordBatch batch)
    {
        var sizes = new List<(ulong, long)>();
        foreach (var record in batch)
        {
            sizes.Add((record.Sequence, Accounting.SizeOf(record, Name.Length)));
        }

        return sizes;
    }

    private LeaderTail Lead(ChannelLimits limits)
    {
        _tail?.End();
        return new LeaderTail(_machine, _log, limits, Name.Length);
    }

    private RecordBatch Propose(long now, int count = 1)
    {
        var builder = new RecordBatchBuilder();
        for (var i = 0; i < count; i++)
        {
            builder.Add([], [], [], [], new byte[16]);
        }

        var bytes = builder.Build(origin: 1, batchNumber: ++_batch);
        _tail.Stamp(bytes, term: 1, now);
        var batch = ChannelReplica.Read(bytes);
        Assert.Equal(RecordBatchError.None, batch.Verify());
        _proposed.Enqueue(batch);
        return batch;
    }

    private void Note(Trim? trim)
    {
        if (trim is not null)
        {
            _proposed.Enqueue(trim);
        }
    }

    /// <summary>As the replica does once everything proposed is committed.</summary>
    private void Apply()
    {
        while (_proposed.TryDequeue(out var proposed))
        {
            _index++;
            if (proposed is RecordBatch batch)
            {
                _machine.Apply(batch);
                _log.Append(batch, _index);
                _tail.OnApplied(batch);
            }
            else
            {
                _machine.Apply(new ChannelCommand { Trim = (Trim)proposed });
                _log.TrimTo(_machine.FirstSequence);
            }
        }
    }
}
