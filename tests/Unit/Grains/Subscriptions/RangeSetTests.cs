using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Subscriptions;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

public sealed class RangeSetTests
{
    private const ulong Universe = 48;

    private static readonly Gen<(bool IsAdd, ulong First, ulong Last)[]> Changes =
        Gen.Select(Gen.Bool, Gen.ULong[0, Universe], Gen.ULong[0, Universe]).Array[0, 40];

    [Fact]
    public void AnyChanges_GiveTheSameAsAnOrdinarySet() => Changes.Sample(static changes =>
    {
        var ranges = new RangeSet();
        var model = new SortedSet<ulong>();
        foreach ((bool isAdd, ulong first, ulong last) in changes)
        {
            if (isAdd) ranges.Add(new SequenceRange(first, last));
            else ranges.Remove(new SequenceRange(first, last));
            for (ulong sequence = first; sequence <= last; sequence++) _ = isAdd ? model.Add(sequence) : model.Remove(sequence);
            Assert.Equal(model, Flatten(ranges));
            Assert.Equal((ulong)model.Count, ranges.Count);
            Assert.Equal(model.Count == 0, ranges.IsEmpty);
            RequireSeparate(ranges);
        }

        for (ulong sequence = 0; sequence <= Universe; sequence++) Assert.Equal(model.Contains(sequence), ranges.Contains(sequence));
    });

    [Fact]
    public void EndsOfTheNumbers_AreOrdinaryMembers()
    {
        var ranges = new RangeSet();
        ranges.Add(new SequenceRange(0, 0));
        ranges.Add(new SequenceRange(ulong.MaxValue, ulong.MaxValue));
        ranges.Add(new SequenceRange(1, 1));
        ranges.Add(new SequenceRange(ulong.MaxValue - 1, ulong.MaxValue - 1));
        Assert.Equal([new SequenceRange(0, 1), new SequenceRange(ulong.MaxValue - 1, ulong.MaxValue)], ranges.Ranges);
        ranges.Remove(new SequenceRange(0, ulong.MaxValue));
        Assert.True(ranges.IsEmpty);
    }

    [Fact]
    public void Hole_SplitsARange()
    {
        var ranges = new RangeSet();
        ranges.Add(new SequenceRange(1, 9));
        ranges.Remove(new SequenceRange(4, 6));
        Assert.Equal([new SequenceRange(1, 3), new SequenceRange(7, 9)], ranges.Ranges);
    }

    private static IEnumerable<ulong> Flatten(RangeSet ranges)
    {
        foreach (SequenceRange range in ranges.Ranges)
        {
            for (ulong sequence = range.First; sequence <= range.Last; sequence++) yield return sequence;
        }
    }

    private static void RequireSeparate(RangeSet ranges)
    {
        Assert.All(ranges.Ranges, static range => Assert.True(range.First <= range.Last));
        Assert.All(ranges.Ranges.Zip(ranges.Ranges.Skip(1)), static pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
    }
}
