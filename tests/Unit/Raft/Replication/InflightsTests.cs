using Bayou.Raft;
using Bayou.Raft.Replication;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Replication;

public sealed class InflightsTests
{
    [Fact]
    public void Window_BehavesLikeAQueue() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 3].Array[1, 40]).SampleMany(static (limit, actions) =>
        {
            var window = new Inflights(limit, 0);
            var model = new Queue<ulong>();
            var next = 0ul;
            foreach (var action in actions)
            {
                if (action > 0 && !window.IsFull)
                {
                    window.Add(++next, 1);
                    model.Enqueue(next);
                }
                else if (model.Count > 0)
                {
                    var upTo = model.Peek() + (ulong)action;
                    window.FreeUpTo(upTo);
                    while (model.Count > 0 && model.Peek() <= upTo)
                    {
                        model.Dequeue();
                    }
                }

                Assert.True(model.Count == window.Count && window.IsFull == (model.Count == limit));
            }
        });

    [Fact]
    public void Bytes_FillTheWindowToo()
    {
        var window = new Inflights(100, 10);
        window.Add(1, 9);
        Assert.False(window.IsFull);
        window.Add(2, 100);
        Assert.True(window.IsFull);
        window.FreeUpTo(1);
        Assert.True(window.IsFull);
        window.FreeUpTo(2);
        Assert.False(window.IsFull);
    }

    [Fact]
    public void FullWindow_TakesNothing()
    {
        var window = new Inflights(1, 0);
        window.Add(1, 1);
        Assert.Throws<RaftInvariantException>(() => window.Add(2, 1));
    }

    [Fact]
    public void OldAnswer_FreesNothing()
    {
        var window = new Inflights(4, 0);
        window.Add(5, 1);
        window.FreeUpTo(4);
        Assert.Equal(1, window.Count);
    }
}
