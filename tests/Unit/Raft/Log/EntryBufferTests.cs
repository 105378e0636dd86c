using System.Runtime.InteropServices;
using Bayou.Raft;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Log;

public sealed class EntryBufferTests
{
    [Fact]
    public void Buffer_BehavesLikeAList_AndSlicesNeverChange() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 16].SampleMany(static actions =>
        {
            var buffer = new EntryBuffer();
            var model = new List<Entry>();
            var slices = new List<(ReadOnlyMemory<Entry> Slice, Entry[] Copy)>();
            var next = 0ul;
            foreach (var (kind, count) in actions)
            {
                switch (kind)
                {
                    case 0:
                        Entry[] added = [.. Enumerable.Range(0, count).Select(_ => new Entry(++next, next, EntryKind.Normal, default))];
                        buffer.Add(added);
                        model.AddRange(added);
                        break;
                    case 1:
                        buffer.KeepFirst(Math.Min(count, model.Count));
                        model.RemoveRange(Math.Min(count, model.Count), model.Count - Math.Min(count, model.Count));
                        break;
                    case 2:
                        buffer.DropFirst(Math.Min(count, model.Count));
                        model.RemoveRange(0, Math.Min(count, model.Count));
                        break;
                    default:
                        buffer.Add(new Entry(++next, next, EntryKind.Normal, default));
                        model.Add(new Entry(next, next, EntryKind.Normal, default));
                        break;
                }

                Assert.True(buffer.Slice(0, buffer.Count).Span.SequenceEqual(CollectionsMarshal.AsSpan(model)));
                slices.Add((buffer.Slice(0, buffer.Count), [.. model]));
            }

            Assert.True(slices.TrueForAll(static s => s.Slice.Span.SequenceEqual(s.Copy)));
        });

    [Theory]
    [InlineData(0ul, 1)]
    [InlineData(44ul, 1)]
    [InlineData(68ul, 2)]
    [InlineData(1000ul, 4)]
    [InlineData(ulong.MaxValue, 4)]
    public void Limit_TakesAsManyAsFitAndAtLeastOne(ulong maxBytes, int expected)
    {
        Entry[] entries = [.. Enumerable.Range(1, 4).Select(static i => new Entry((ulong)i, 1, EntryKind.Normal, new byte[10]))];
        Assert.Equal(expected, EntryBuffer.Limit(entries, maxBytes).Length);
    }
}
