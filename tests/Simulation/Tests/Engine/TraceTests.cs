using Bayou.Simulation.Engine;
using Xunit;

namespace Bayou.Simulation.Tests.Engine;

public sealed class TraceTests
{
    [Fact]
    public void Hash_IsTheSameWhetherOrNotSomebodyReads()
    {
        using var text = new StringWriter();
        var read = new Trace(text);
        var unread = new Trace();
        foreach (var trace in (Trace[])[read, unread])
        {
            trace.Write("n1", $"appends {17} entries of {"orders"} in {TimeSpan.FromMilliseconds(3)}");
        }

        Assert.Equal(read.Hash, unread.Hash);
        Assert.Equal("       0.000 n1         appends 17 entries of orders in 3.000 ms", text.ToString().TrimEnd());
    }

    [Fact]
    public void Hash_DependsOnEveryPart()
    {
        var hashes = new HashSet<ulong> { Of("n1", 1, "a"), Of("n2", 1, "a"), Of("n1", 2, "a"), Of("n1", 1, "b"), new Trace().Hash };
        Assert.Equal(5, hashes.Count);
    }

    private static ulong Of(string who, int number, string word)
    {
        var trace = new Trace();
        trace.Write(who, $"{number} {word}");
        return trace.Hash;
    }
}
