using System.Text;

namespace Bayou.Checker;

/// <summary>What a checker has found. Of each anomaly the first few findings are kept and all are counted.</summary>
public sealed class Report
{
    private const int KeptPerAnomaly = 10;

    private readonly SortedDictionary<Anomaly, (long Count, List<Finding> First)> _anomalies = [];

    /// <summary>Nothing is wrong.</summary>
    public bool IsGood => _anomalies.Count == 0;

    /// <summary>The anomalies that occurred.</summary>
    public IReadOnlyCollection<Anomaly> Anomalies => _anomalies.Keys;

    /// <summary>The first findings of each anomaly.</summary>
    public IEnumerable<Finding> Findings => _anomalies.Values.SelectMany(static found => found.First);

    /// <summary>Publishes that were acknowledged. A report about none proves nothing.</summary>
    public long AcknowledgedCount { get; internal set; }

    /// <summary>Complete replays that were compared with them.</summary>
    public long CompleteReplayCount { get; internal set; }

    /// <summary>Messages that readers saw, in replays and deliveries.</summary>
    public long ObservedCount { get; internal set; }

    public void Add(Anomaly anomaly, string channel, string what)
    {
        var (count, first) = _anomalies.TryGetValue(anomaly, out var found) ? found : (0, []);
        if (first.Count < KeptPerAnomaly)
        {
            first.Add(new Finding(anomaly, channel, what));
        }

        _anomalies[anomaly] = (count + 1, first);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{AcknowledgedCount} acknowledged, {ObservedCount} observed, {CompleteReplayCount} complete replays");
        foreach (var (anomaly, (count, first)) in _anomalies)
        {
            text.AppendLine().Append($"{anomaly}: {count}");
            foreach (var finding in first)
            {
                text.AppendLine().Append($"  {finding.Channel}: {finding.What}");
            }
        }

        return text.ToString();
    }
}
