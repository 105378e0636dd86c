using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft.Log;

public sealed class MemoryLogTests
{
    private static readonly ConfState Members = TestReplica.Voters(1);

    [Fact]
    public void UntouchedLog_BeginsAtOne()
    {
        var log = new MemoryLog(Members);
        Assert.Equal((1ul, 0ul), (log.FirstIndex, log.LastIndex));
        Assert.True(log.TryGetTerm(0, out var term));
        Assert.Equal(0ul, term);
        Assert.False(log.TryGetTerm(1, out _));
        Assert.Equal(new RaftInitialState(default, Members), log.InitialState);
    }

    [Fact]
    public void OverlappingEntries_ReplaceTheRest()
    {
        var log = TestReplica.LogOf(Members, 1, 1, 1, 1);
        log.Append([new Entry(2, 2, EntryKind.Normal, default)]);
        Assert.Equal(2ul, log.LastIndex);
        Assert.True(log.TryGetTerm(2, out var term));
        Assert.Equal(2ul, term);
    }

    [Fact]
    public void Gap_IsRefused() =>
        Assert.Throws<RaftInvariantException>(() => TestReplica.LogOf(Members, 1).Append([new Entry(3, 1, EntryKind.Normal, default)]));

    [Fact]
    public void CompactedEntries_AreGoneButTheLastTermIsKnown()
    {
        var log = TestReplica.LogOf(Members, 1, 2, 3, 4);
        log.Compact(3);
        log.Compact(2);
        Assert.Equal((4ul, 4ul), (log.FirstIndex, log.LastIndex));
        Assert.True(log.TryGetTerm(3, out var term));
        Assert.Equal(3ul, term);
        Assert.False(log.TryGetTerm(2, out _));
        Assert.False(log.TryGetEntries(3, 5, ulong.MaxValue, out _));
        Assert.True(log.TryGetEntries(4, 5, ulong.MaxValue, out var entries));
        Assert.Equal(4ul, entries.Span[0].Term);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Compact(5));
    }

    [Fact]
    public void EntriesThatAreCompactedAlready_AreLeftOut()
    {
        var log = TestReplica.LogOf(Members, 1, 1, 1);
        log.Compact(3);
        log.Append([new Entry(2, 1, EntryKind.Normal, default), new Entry(3, 1, EntryKind.Normal, default)]);
        Assert.Equal(3ul, log.LastIndex);
        log.Append([new Entry(3, 1, EntryKind.Normal, default), new Entry(4, 1, EntryKind.Normal, default)]);
        Assert.Equal((4ul, 4ul), (log.FirstIndex, log.LastIndex));
    }

    [Fact]
    public void RangeBeyondTheEnd_IsAFault() =>
        Assert.Throws<RaftInvariantException>(() => TestReplica.LogOf(Members, 1).TryGetEntries(1, 3, ulong.MaxValue, out _));

    [Fact]
    public void ReceivedSnapshot_ReplacesTheLogUnlessItIsOlder()
    {
        var log = TestReplica.LogOf(Members, 1, 1, 1);
        Assert.True(log.ApplySnapshot(new Snapshot(10, 5, TestReplica.Voters(3), default)));
        Assert.Equal((11ul, 10ul), (log.FirstIndex, log.LastIndex));
        Assert.Equal(TestReplica.Voters(3), log.InitialState.ConfState);
        Assert.False(log.ApplySnapshot(new Snapshot(9, 5, Members, default)));
        Assert.True(log.TryGetTerm(10, out var term));
        Assert.Equal(5ul, term);
    }

    [Fact]
    public void OwnSnapshot_KeepsTheEntriesAndTheirTerm()
    {
        var log = TestReplica.LogOf(Members, 1, 2, 3);
        var snapshot = log.CreateSnapshot(2, TestReplica.Voters(3), new byte[] { 1 });
        Assert.Equal((2ul, 2ul), (snapshot.Index, snapshot.Term));
        Assert.Equal(1ul, log.FirstIndex);
        Assert.Throws<ArgumentOutOfRangeException>(() => log.CreateSnapshot(2, Members, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.CreateSnapshot(9, Members, default));
    }

    [Fact]
    public void Data_IsHeldByReference()
    {
        var data = new byte[] { 1, 2, 3 };
        var log = new MemoryLog(Members);
        log.Append([new Entry(1, 1, EntryKind.Normal, data)]);
        log.TryGetEntries(1, 2, ulong.MaxValue, out var entries);
        Assert.Equal(data, entries.Span[0].Data);
    }
}
