using Bayou.Grains.Replication.Balance;
using Bayou.Grains.Replication.Peers.Wire;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Tells the other silos that this one is alive, and the groups of this one when another silo is not. Heartbeats are silo to silo:
/// their number does not grow with that of the groups. They are sent only while workers and journal make progress; a silo that
/// cannot write must not hold on to what it leads.
/// </summary>
internal sealed class SiloMonitor(ReplicaServices services, IReadOnlyList<ReplicaWorker> workers, LeaderBalancer balance)
{
    /// <summary>Ticks that a worker may be behind.</summary>
    private const int MaxLag = 3;

    private readonly long[] _handled = new long[workers.Count];
    private long _ticks;

    /// <summary>A unit of time has passed. Any thread, one at a time.</summary>
    public void Tick()
    {
        var tick = ++_ticks;
        var now = services.Now;
        var suspects = services.Liveness.Suspect(now);
        foreach (var worker in workers)
        {
            worker.Post(new WorkerAction(onWorker =>
            {
                foreach (var silo in suspects)
                {
                    onWorker.OnSiloLost(silo);
                }

                onWorker.Tick(now, services.Options.WakesPerTick);
                Volatile.Write(ref _handled[onWorker.Number], tick);
            }));
        }

        foreach (var silo in suspects)
        {
            balance.Forget(silo);
            services.Observer.OnSuspected(silo);
        }

        balance.Tick(now);
        if (IsMakingProgress(tick))
        {
            workers[0].Post(new WorkerAction(SendHeartbeats));
        }
    }

    public void OnHeartbeat(SiloNumber from, Heartbeat heartbeat)
    {
        services.Liveness.OnHeartbeat(from, heartbeat.Sent, heartbeat.Echo, services.Peers.Current.Start);
        services.Liveness.OnClock(from, new TimeSpan((heartbeat.WallClock - WallClock) / 100));
        balance.OnHeartbeat(from, heartbeat);
    }

    /// <summary>The link to a peer broke, and it does not answer a new call. True if that is news.</summary>
    public bool OnLinkDown(string peer)
    {
        var isNews = false;
        foreach (var (silo, identity) in services.Peers.Current.Silos)
        {
            if (identity.Name == peer && services.Liveness.OnLinkDown(silo))
            {
                isNews = true;
                balance.Forget(silo);
                services.Observer.OnSuspected(silo);
                Post(worker => worker.OnSiloLost(silo));
            }
        }

        return isNews;
    }

    public void OnSiloRestarted(SiloNumber silo)
    {
        balance.Forget(silo);
        Post(worker => worker.OnSiloRestarted(silo));
    }

    private long WallClock => (services.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private bool IsMakingProgress(long tick) =>
        _handled.All(handled => tick - handled <= MaxLag) && !services.Store.IsStalled(services.Options.SuspectAfter);

    private void SendHeartbeats(ReplicaWorker worker)
    {
        var current = services.Peers.Current;
        foreach (var silo in current.Silos.Keys.Where(silo => silo != current.Own).Order())
        {
            worker.Outbox.Add(silo, PeerLane.Control, FrameItem.Heartbeat, new Heartbeat
            {
                WallClock = WallClock,
                Led = (uint)services.Led.Value,
                MayLead = balance.MayLead,
                Sent = services.Now,
                Echo = services.Liveness.EchoFor(silo),
            });
        }
    }

    private void Post(Action<ReplicaWorker> action)
    {
        foreach (var worker in workers)
        {
            worker.Post(new WorkerAction(action));
        }
    }
}
