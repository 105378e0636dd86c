using Bayou.Raft;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Log;

public sealed class MemoryLogTests
{
    private static readonly ConfState Members = TestReplica.Voters(1);

    [Fact]
    public void Log_BehavesLikeAListOfTerms() =>
        Gen.Select(Gen.Int[0, 5], Gen.UInt[0, 9], Gen.Int[1, 4]).Array[1, 20].SampleMany(static actions =>
        {
            var log = new MemoryLog(Members);
            var terms = new List<ulong> { 0 };
            var (first, snapshotIndex, term) = (0ul, 0ul, 0ul);
            foreach (var (kind, position, count) in actions)
            {
                var last = first + (ulong)terms.Count - 1;
                var index = Math.Min(last, first + position);
                switch (kind)
                {
                    case 0:
                        log.Compact(index);
                        terms.RemoveRange(0, (int)(index - first));
                        first = index;
                        break;
                    case 1 when index > snapshotIndex:
                        Assert.True(log.CreateSnapshot(index, Members, default).Term == terms[(int)(index - first)]);
                        snapshotIndex = index;
                        break;
                    case 2 when position == 9:
                        Assert.True(log.ApplySnapshot(new Snapshot(last + 1, ++term, Members, default)));
                        terms = [term];
                        first = snapshotIndex = last + 1;
                        break;
                    default:
                        // Also entries that are compacted already, which are left out; those that a snapshot covers do not change.
                        term++;
                        var from = Math.Min(last + 1, Math.Max(snapshotIndex + 1, first + position - Math.Min(first, 2)));
                        log.Append([.. Enumerable.Range(0, count).Select(i => new Entry(from + (ulong)i, term, EntryKind.Normal, default))]);
                        var kept = Math.Max(from, first + 1);
                        var added = Math.Max(0, (int)((long)from + count - (long)kept));
                        if (added > 0)
                        {
                            terms.RemoveRange((int)(kept - first), (int)(last + 1 - kept));
                            terms.AddRange(Enumerable.Repeat(term, added));
                        }

                        break;
                }

                snapshotIndex = snapshotIndex < first ? 0 : snapshotIndex;
                Check(log, first, terms, snapshotIndex, low: first + position, max: count);
            }
        });

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
    public void SnapshotThatDoesNotReachTheFirstEntryLeft_IsDropped()
    {
        var log = TestReplica.LogOf(Members, 1, 2, 3);
        log.CreateSnapshot(2, Members, default);
        log.Compact(2);
        Assert.Equal(2ul, log.Snapshot?.Index);
        log.Compact(3);
        Assert.Null(log.Snapshot);
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

    private static void Check(MemoryLog log, ulong first, List<ulong> terms, ulong snapshotIndex, ulong low, int max)
    {
        var last = first + (ulong)terms.Count - 1;
        Assert.True(log.FirstIndex == first + 1 && log.LastIndex == last && (log.Snapshot?.Index ?? 0) == snapshotIndex);
        for (var index = first < 2 ? 0 : first - 2; index <= last + 1; index++)
        {
            var isKnown = index >= first && index <= last;
            Assert.True(log.TryGetTerm(index, out var term) == isKnown && (!isKnown || term == terms[(int)(index - first)]));
        }

        if (low > last)
        {
            return;
        }

        Assert.True(log.TryGetEntries(low, last + 1, (ulong)max * Entry.OverheadBytes, out var entries) == low > first);
        Assert.True(entries.Length == (low > first ? Math.Min(max, (int)(last + 1 - low)) : 0));
        for (var i = 0; i < entries.Length; i++)
        {
            Assert.True(entries.Span[i].Index == low + (ulong)i && entries.Span[i].Term == terms[(int)(low - first) + i]);
        }
    }
}
