using System.Diagnostics;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Scenarios;

/// <summary>How much a run does.</summary>
/// <param name="Messages">Messages published in all, shared among the publishers.</param>
/// <param name="Duration">Publish for this long instead of counting.</param>
/// <param name="SizeBytes">Payload of each message.</param>
/// <param name="Publishers">Publishing connections, or requesters.</param>
/// <param name="Subscribers">Subscribing connections; each receives every message.</param>
/// <param name="BatchBytes">A publisher collects at most this much before it writes to its socket.</param>
/// <param name="Patience">Longest silence before a run counts as failed.</param>
public sealed record Workload(long Messages, TimeSpan? Duration, int SizeBytes, int Publishers, int Subscribers, int BatchBytes, TimeSpan Patience)
{
    public OutputBuffer CreateOutput(NatsConnection connection) => new(connection, BatchBytes);

    /// <summary>The amount of a run that warms up server and tool: as many messages as asked for, or else a tenth.</summary>
    public Workload ToWarmUp(long? messages) => this with { Messages = Math.Max(Publishers, messages ?? Messages / 10), Duration = null };

    /// <summary>What publisher <paramref name="index"/> has to do, with the clock starting now.</summary>
    public Quota QuotaOf(int index)
    {
        if (Duration is { } duration)
            return new Quota(long.MaxValue, Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        long share = Messages / Publishers + (index < Messages % Publishers ? 1 : 0);
        return new Quota(share, long.MaxValue);
    }
}
