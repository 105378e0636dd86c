using Bayou.Checker;

namespace Bayou.ClusterTests.Chaos;

/// <summary>What came of a run.</summary>
/// <param name="Report">The checker's word.</param>
/// <param name="Injections">How often the fault was let in.</param>
/// <param name="Recovery">From the end of all faults until every channel had taken a publish.</param>
/// <param name="SlowestStart">The longest that it took until all nodes were ready.</param>
/// <param name="Deaths">Nodes that ended though nobody had them end.</param>
/// <param name="Logs">What the nodes wrote.</param>
internal sealed record ChaosResult(Report Report, int Injections, TimeSpan Recovery, TimeSpan SlowestStart, IReadOnlyList<string> Deaths, string Logs)
{
    private static readonly Anomaly[] Losses = [Anomaly.LostPrefix, Anomaly.LostMiddle, Anomaly.LostPostfix, Anomaly.LostEverything, Anomaly.Vanished];
    private static readonly Anomaly[] Differences = [Anomaly.MissingOnNode, Anomaly.InconsistentSequence, Anomaly.Diverged, Anomaly.NotConverged, Anomaly.Gap];

    public bool HasLost => Report.Anomalies.Any(Losses.Contains);

    public bool HasDiverged => Report.Anomalies.Any(Differences.Contains);
}
