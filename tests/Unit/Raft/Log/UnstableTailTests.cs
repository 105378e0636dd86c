using Bayou.Raft;
using Bayou.Raft.Log;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Log;

public sealed class UnstableTailTests
{
    [Fact]
    public void Tail_BehavesLikeALogOfTermsWithAnOffset() =>
        Gen.Select(Gen.Int[0, 3], Gen.ULong[0, 6], Gen.Int[1, 4]).Array[1, 20].SampleMany(static actions =>
        {
            var tail = new UnstableTail(1);
            var terms = new List<ulong>();
            var offset = 1ul;
            var term = 1ul;
            foreach (var (kind, position, count) in actions)
            {
                switch (kind)
                {
                    case 0:
                        tail.AcceptInProgress();
                        break;
                    case 1 when terms.Count > 0:
                        var stable = offset + Math.Min(position, (ulong)terms.Count - 1);
                        tail.Stabilize(stable);
                        terms.RemoveRange(0, (int)(stable + 1 - offset));
                        offset = stable + 1;
                        break;
                    default:
                        term++;
                        var first = Math.Min(Math.Max(1, offset + position - Math.Min(offset, 2)), offset + (ulong)terms.Count);
                        tail.Put([.. Enumerable.Range(0, count).Select(i => new Entry(first + (ulong)i, term, EntryKind.Normal, default))]);
                        terms.RemoveRange(first < offset ? 0 : (int)(first - offset), first < offset ? terms.Count : terms.Count - (int)(first - offset));
                        offset = Math.Min(offset, first);
                        terms.AddRange(Enumerable.Repeat(term, count));
                        break;
                }

                Assert.True(offset == tail.Offset && terms.Count == tail.Count);
                for (var i = 0; i < terms.Count; i++)
                {
                    Assert.True(tail.TryGetTerm(offset + (ulong)i, out var held) && held == terms[i]);
                }

                Assert.True(tail.Offset <= tail.OffsetInProgress && tail.OffsetInProgress <= tail.End);
            }
        });

    [Fact]
    public void EntriesUnderWay_AreNotHandedOutAgainUnlessReplaced()
    {
        var tail = new UnstableTail(5);
        tail.Put([At(5, 1), At(6, 1)]);
        Assert.Equal(2, tail.NextEntries.Length);
        tail.AcceptInProgress();
        Assert.False(tail.HasNextEntries);
        Assert.Equal(TailChange.Truncated, tail.Put([At(6, 2)]));
        Assert.Equal(2ul, Assert.Single(tail.NextEntries.ToArray()).Term);
    }

    [Theory]
    [InlineData(7, TailChange.Appended, 3)]
    [InlineData(6, TailChange.Truncated, 2)]
    [InlineData(5, TailChange.Replaced, 1)]
    [InlineData(3, TailChange.Replaced, 1)]
    public void Put_AppendsTruncatesOrReplaces(ulong index, object expected, int count)
    {
        var tail = new UnstableTail(5);
        tail.Put([At(5, 1), At(6, 1)]);
        Assert.Equal(expected, tail.Put([At(index, 2)]));
        Assert.Equal(count, tail.Count);
    }

    [Fact]
    public void Gap_IsAFault() => Assert.Throws<RaftInvariantException>(() => new UnstableTail(5).Put([At(6, 1)]));

    [Fact]
    public void Snapshot_ReplacesTheEntriesAndKnowsItsTerm()
    {
        var tail = new UnstableTail(5);
        tail.Put([At(5, 1)]);
        var snapshot = new Snapshot(9, 3, ConfState.Empty, default);
        tail.Restore(snapshot);
        Assert.Equal((0, 10ul, 9ul), (tail.Count, tail.Offset, tail.LastIndex));
        Assert.True(tail.TryGetTerm(9, out var term));
        Assert.Equal(3ul, term);
        Assert.Same(snapshot, tail.NextSnapshot);
        tail.AcceptInProgress();
        Assert.Null(tail.NextSnapshot);
        tail.StabilizeSnapshot(8);
        Assert.NotNull(tail.Snapshot);
        tail.StabilizeSnapshot(9);
        Assert.Null(tail.Snapshot);
    }

    private static Entry At(ulong index, ulong term) => new(index, term, EntryKind.Normal, default);
}
