using System.Diagnostics.Metrics;
using Bayou.Grains.Channels;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Sessions;

namespace Bayou.Grains.Monitoring;

/// <summary>
/// What this silo knows of the streaming side, as instruments that are read only when somebody collects. docs/TELEMETRY.md lists them.
/// Nothing is asked of other silos: what a channel holds is told by one of its silos, so that the sum over all silos is the cluster's.
/// </summary>
public sealed class GrainMetrics
{
    /// <summary>The meter that they belong to.</summary>
    public const string MeterName = "Bayou.Grains";

    private readonly ReplicaHost _host;

    internal GrainMetrics(IMeterFactory meters, ReplicaHost host, SessionCount sessions)
    {
        _host = host;
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("bayou.streaming.clients", () => sessions.Value, "{client}", "Sessions of clients that this server looks after.");
        meter.CreateObservableUpDownCounter("bayou.streaming.channels", () => host.Registry.PlacementCount, "{channel}", "Channels of the cluster.");
        meter.CreateObservableUpDownCounter("bayou.streaming.channels.led", () => host.Services.Led.Value, "{channel}", "Channels that this server leads.");
        meter.CreateObservableUpDownCounter("bayou.streaming.replicas", () => host.Channels.Count, "{replica}", "Replicas of channels on this server.");
        meter.CreateObservableUpDownCounter(
            "bayou.streaming.replicas.leaderless", CountLeaderless, "{replica}", "Replicas on this server, of channels and of the metadata, that look for a leader.");
        meter.CreateObservableUpDownCounter(
            "bayou.streaming.messages", () => Own().Sum(channel => channel.MessageCount), "{message}", "Messages in the channels that this server answers for.");
        meter.CreateObservableUpDownCounter("bayou.streaming.messages.size", () => Own().Sum(channel => channel.StoredBytes), "By", "Size of these messages.");
        meter.CreateObservableUpDownCounter("bayou.streaming.peers", () => Peers().Count(), "{server}", "Other servers of the cluster.");
        meter.CreateObservableUpDownCounter(
            "bayou.streaming.peers.alive", () => Peers().Count(host.Services.Liveness.IsAlive), "{server}", "Other servers of the cluster that this one hears of.");
        meter.CreateObservableGauge("bayou.streaming.majority", () => host.ReachesMajority ? 1 : 0, unit: null, "1 while this server reaches a majority of the cluster.");
        meter.CreateObservableGauge(
            "bayou.streaming.metadata.leading", () => host is { IsFormed: true, Metadata.IsLeading: true } ? 1 : 0, unit: null, "1 on the server that leads the metadata.");
    }

    /// <summary>The channels that this silo leads, and those that nobody needs to lead and whose first silo it is, as on the monitoring pages.</summary>
    private IEnumerable<ChannelReplica> Own()
    {
        var own = _host.Services.Peers.Current.OwnName;
        return _host.Channels.Where(channel => _host.Registry.LeaderCandidates(_host.Registry.PlacementOf(channel.Group)).FirstOrDefault() == own);
    }

    private IEnumerable<SiloNumber> Peers()
    {
        var known = _host.Services.Peers.Current;
        return known.Silos.Keys.Where(silo => silo != known.Own);
    }

    private int CountLeaderless() =>
        _host.Channels.Count(channel => channel.Replica.SeeksLeader) + (_host is { IsFormed: true, Metadata.Replica.SeeksLeader: true } ? 1 : 0);
}
