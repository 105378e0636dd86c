using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Replication.Balance;

/// <summary>
/// Spreads leadership over the silos, as <see cref="LeaderBalance"/> plans: from time to time this silo gives up some of what it leads
/// above its share, and without pause all of it if it is to lead nothing. Groups that it has led for a short while stay, so that
/// what was just elected or transferred does not move again at once.
/// </summary>
internal sealed class LeaderBalancer(ReplicaServices services, IReadOnlyList<ReplicaWorker> workers)
{
    /// <summary>Groups that an exempt silo gives up at a time.</summary>
    private const int ExemptBatch = 50;

    /// <summary>Of many groups too many, one in this many goes at a time, rather than the few that are given up otherwise.</summary>
    private const int Part = 20;

    private readonly LeaderLoads _loads = new(services.Options.LeaderProbation);
    private long _nextRound;
    private int _round;
    private volatile bool _isAccepting;
    private volatile bool _isExempt;

    /// <summary>This silo is to lead nothing, as the metadata says.</summary>
    public bool IsExempt
    {
        get => _isExempt;
        set => _isExempt = value;
    }

    /// <summary>Others may give this silo groups to lead.</summary>
    public bool MayLead => _isAccepting && !_isExempt;

    /// <summary>This silo can serve what it leads.</summary>
    public void Accept() => _isAccepting = true;

    /// <summary>This silo is about to stop.</summary>
    public void Refuse() => _isAccepting = false;

    public void OnHeartbeat(SiloNumber from, Peers.Wire.Heartbeat heartbeat) => _loads.OnHeartbeat(from, (int)heartbeat.Led, heartbeat.MayLead, services.Now);

    public void Forget(SiloNumber silo) => _loads.Forget(silo);

    /// <summary>A unit of time has passed. One worker at a time gives up what is too much. Any thread, one at a time.</summary>
    public void Tick(long now)
    {
        if (now < _nextRound || services.Peers.Current.Own == SiloNumber.None || (!_isAccepting && !_isExempt))
        {
            return;
        }

        _nextRound = now + services.Options.LeaderRound.Ticks;
        var own = services.Peers.Current.Own;
        var led = _loads.Current(now);
        if (!_isExempt)
        {
            led[own] = services.Led.Value;
        }

        var surplus = LeaderBalance.Surplus(own, led);
        if (surplus > 0)
        {
            var worker = workers[_round++ % workers.Count];
            var limit = _isExempt ? ExemptBatch : Math.Max(services.Options.LeaderMoves, surplus / Part);
            worker.Post(new WorkerAction(onWorker => GiveUp(onWorker, own, led, limit, now)));
        }
    }

    private void GiveUp(ReplicaWorker worker, SiloNumber own, IReadOnlyDictionary<SiloNumber, int> led, int limit, long now)
    {
        var groups = worker.Led()
            .Where(replica => _isExempt || (replica.Group != GroupId.Metadata && now - replica.LeadingSince >= services.Options.LeaderProbation.Ticks))
            .Select(replica => new LedGroup(replica.Group, SuccessorsOf(replica)));
        foreach (var transfer in LeaderBalance.Plan(own, led, groups, limit))
        {
            var replica = worker.Find(transfer.Group)!;
            replica.HandOverTo(transfer.Target);
            worker.Touch(replica);
        }
    }

    /// <summary>Where the group sleeps, every member has the whole log; else the leader knows who is up to date.</summary>
    private static List<SiloNumber> SuccessorsOf(Replica replica) =>
    [
        .. replica.Membership.Voters
            .Where(voter => voter != replica.Id.Value && replica.Node?.IsCaughtUp(voter) != false)
            .Select(voter => new ReplicaId(voter).Silo),
    ];
}
