using Bayou.Checker;
using Xunit;

namespace Bayou.Simulation.Tests.Checker;

/// <summary>Histories as long as those of a night's run. BAYOU_HISTORY_PUBLISHES makes them longer than a test suite can wait for.</summary>
public sealed class LongHistoryTests
{
    private const int Channels = 10;
    private const int Connections = 20;
    private const int Nodes = 3;

    private static readonly int Publishes =
        int.TryParse(Environment.GetEnvironmentVariable("BAYOU_HISTORY_PUBLISHES"), out var count) ? count : 200_000;

    [Fact]
    public void LongHistory_TakesLittleMemory()
    {
        var names = new Names();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var checker = new HistoryChecker(names);
        Tell(checker, lost: -1);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var report = checker.Finish();
        Assert.True(report.IsGood, report.ToString());
        Assert.Equal(Publishes, report.AcknowledgedCount);
        Assert.Equal(Publishes * Nodes, report.ObservedCount);
        Assert.True(bytes < (Publishes * 48L) + (8 << 20), $"{bytes / Publishes} bytes a publish");
    }

    [Fact]
    public void OneLostMessage_IsFound()
    {
        var checker = new HistoryChecker(new Names());
        Tell(checker, lost: Publishes / 2);
        Assert.Equal([Anomaly.LostMiddle], checker.Finish().Anomalies);
    }

    private static void Tell(HistoryChecker checker, int lost)
    {
        var logs = Enumerable.Range(0, Channels).Select(_ => new List<Value>()).ToArray();
        for (var i = 0; i < Publishes; i++)
        {
            var value = new Value(i % Connections, (i / Connections) + 1);
            checker.Add(new HistoryEvent { Kind = EventKind.Published, Channel = i % Channels, Value = value, Hash = (uint)i });
            checker.Add(new HistoryEvent { Kind = EventKind.Acknowledged, Channel = i % Channels, Value = value });
            if (i != lost)
            {
                logs[i % Channels].Add(value);
            }
        }

        for (var node = 0; node < Nodes; node++)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                Replay(checker, node, channel, logs[channel]);
            }
        }
    }

    private static void Replay(HistoryChecker checker, int node, int channel, List<Value> log)
    {
        var item = new HistoryEvent { Kind = EventKind.ReplayStarted, Actor = node, Channel = channel, IsComplete = true };
        checker.Add(item);
        for (var i = 0; i < log.Count; i++)
        {
            var hash = (uint)(((log[i].Number - 1) * Connections) + log[i].Connection);
            checker.Add(item with { Kind = EventKind.Replayed, Sequence = (ulong)i + 1, Value = log[i], Hash = hash });
        }

        checker.Add(item with { Kind = EventKind.ReplayEnded });
    }
}
