using Bayou.Storage;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Which silos are alive, by their heartbeats and by what the links say. Groups ask about their leader's silo instead of
/// exchanging heartbeats of their own. Pure: time is an argument, in ticks of 100 ns from any fixed origin. A silo that was never
/// heard of is neither alive nor suspected. Any thread.
/// <para>
/// It also knows what the others have heard of this silo, since heartbeats are echoed. Who has heard it within <see cref="Lease"/> does not suspect it yet
/// whatever happens on the way, and while the replicas are awake helps to elect nobody in their place.
/// </para>
/// </summary>
internal sealed class PeerLiveness(TimeSpan suspectAfter)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<SiloNumber, Peer> _peers = [];

    /// <summary>Less than the silence after which a silo is suspected, by more than clocks differ in that time.</summary>
    public TimeSpan Lease { get; } = suspectAfter * 0.7;

    public bool IsAlive(SiloNumber silo)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) && peer.IsAlive;
        }
    }

    /// <summary>It was heard of once, and is not any more.</summary>
    public bool IsDead(SiloNumber silo)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) && peer is { IsAlive: false } && peer.Heard != SiloStart.None;
        }
    }

    /// <summary>The newest start known of a silo: heard, or noted by the cluster; none if there is none.</summary>
    public SiloStart StartOf(SiloNumber silo)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) ? peer.Newest : SiloStart.None;
        }
    }

    /// <summary>The newest start known of a silo, and the one of this silo that it knows.</summary>
    public (SiloStart Known, SiloStart Told) StartsFor(SiloNumber silo)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) ? (peer.Newest, peer.Told) : default;
        }
    }

    /// <summary>
    /// A frame of an earlier start must not count for the present one, nor one of a directory that is not what it was. A newer start
    /// counts once it says that it <paramref name="follows"/> the one that is known.
    /// </summary>
    public bool IsStale(SiloNumber silo, SiloStart start, SiloStart follows)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) && peer.IsStale(start, follows);
        }
    }

    /// <summary>A silo says which start of this one it knows, and this one remembers that.</summary>
    public void OnTold(SiloNumber silo, SiloStart own)
    {
        lock (_gate)
        {
            PeerOf(silo).Told = own;
        }
    }

    /// <summary>
    /// The cluster has noted a start of a silo: nothing older counts from here on, whether this process has heard of it or not. Of two starts
    /// with one epoch the noted one stays.
    /// </summary>
    public void Raise(SiloNumber silo, SiloStart noted)
    {
        lock (_gate)
        {
            var peer = PeerOf(silo);
            if (!peer.Newest.IsNewerThan(noted))
            {
                peer.Newest = noted;
            }
        }
    }

    /// <summary>
    /// A frame of <paramref name="silo"/> arrived. If the silo was started anew since it was last heard, whatever it led it leads no
    /// more, however fast it came back.
    /// </summary>
    public HeardStart OnHeard(SiloNumber silo, SiloStart start, SiloStart follows, long now)
    {
        lock (_gate)
        {
            var peer = PeerOf(silo);
            if (peer.IsStale(start, follows))
            {
                return HeardStart.Same;
            }

            var heard = peer.Heard == start ? HeardStart.Same : peer.Heard == SiloStart.None ? HeardStart.First : HeardStart.Newer;
            if (heard == HeardStart.Newer)
            {
                (peer.Sent, peer.Echo) = (0, 0);
            }

            peer.Newest = start;
            peer.Heard = start;
            peer.LastHeard = now;
            peer.IsAlive = true;
            return heard;
        }
    }

    /// <summary>
    /// A heartbeat of a silo says when it was sent, by that silo's clock, and when the latest that it has of this silo was sent, by this one's.
    /// An echo to an earlier start than <paramref name="own"/> says nothing.
    /// </summary>
    public void OnHeartbeat(SiloNumber silo, long sent, long echo, SiloStart own)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(silo, out var peer))
            {
                peer.Sent = sent;
                if (peer.Told == own && echo > peer.Echo)
                {
                    peer.HeardSince = peer.Echo == 0 || echo - peer.Echo > Lease.Ticks ? echo : peer.HeardSince;
                    peer.Echo = echo;
                }
            }
        }
    }

    /// <summary>When the latest heartbeat of a silo was sent, by its clock; 0 if there is none.</summary>
    public long EchoFor(SiloNumber silo)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) ? peer.Sent : 0;
        }
    }

    /// <summary>
    /// Whether most of these replicas are on this silo, or on others that have heard of it all the time from <paramref name="since"/> until less than a
    /// <see cref="Lease"/> ago. What they believed of their leader then they believe still.
    /// </summary>
    public bool HaveMostHeard(IReadOnlyList<ulong> replicas, SiloNumber own, long since, long now)
    {
        var count = 0;
        lock (_gate)
        {
            foreach (var replica in replicas)
            {
                var silo = new ReplicaId(replica).Silo;
                count += silo == own || (_peers.TryGetValue(silo, out var peer) && peer.HasHeard(since, now - Lease.Ticks)) ? 1 : 0;
            }
        }

        return count > replicas.Count / 2;
    }

    /// <summary>What a heartbeat said of the sender's wall clock, compared with ours.</summary>
    public void OnClock(SiloNumber silo, TimeSpan ahead)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(silo, out var peer))
            {
                peer.ClockAhead = ahead;
            }
        }
    }

    /// <summary>The link to a silo broke and could not be made anew: no need to wait for the silence. True if that is news.</summary>
    public bool OnLinkDown(SiloNumber silo)
    {
        lock (_gate)
        {
            var isNews = _peers.TryGetValue(silo, out var peer) && peer.IsAlive;
            if (isNews)
            {
                peer!.IsAlive = false;
            }

            return isNews;
        }
    }

    /// <summary>The silos that have been silent for too long since the last call.</summary>
    public IReadOnlyList<SiloNumber> Suspect(long now)
    {
        var suspects = new List<SiloNumber>();
        lock (_gate)
        {
            foreach (var (silo, peer) in _peers)
            {
                if (peer.IsAlive && now - peer.LastHeard > suspectAfter.Ticks)
                {
                    peer.IsAlive = false;
                    suspects.Add(silo);
                }
            }
        }

        return suspects;
    }

    /// <summary>
    /// How far this silo's wall clock is ahead of the median of all that are alive. What rests on the clock, such as the age of
    /// messages, must wait while that is much.
    /// </summary>
    public TimeSpan OwnClockAhead()
    {
        var ahead = new List<TimeSpan> { TimeSpan.Zero };
        lock (_gate)
        {
            ahead.AddRange(_peers.Values.Where(peer => peer.IsAlive).Select(peer => peer.ClockAhead));
        }

        ahead.Sort();
        var middle = ahead.Count / 2;
        return ahead.Count % 2 == 1 ? -ahead[middle] : -Farther(ahead[middle - 1], ahead[middle]);
    }

    /// <summary>Of an even number of clocks either middle one may be right, and waiting is the mistake that can be mended.</summary>
    private static TimeSpan Farther(TimeSpan left, TimeSpan right) => left.Duration() >= right.Duration() ? left : right;

    private Peer PeerOf(SiloNumber silo)
    {
        if (!_peers.TryGetValue(silo, out var peer))
        {
            _peers[silo] = peer = new Peer();
        }

        return peer;
    }

    private sealed class Peer
    {
        /// <summary>The newest start that is known, heard or not.</summary>
        public SiloStart Newest { get; set; }

        /// <summary>The start of this silo that it knows, as it said last.</summary>
        public SiloStart Told { get; set; }

        /// <summary>The start that was heard last; none before the first.</summary>
        public SiloStart Heard { get; set; }

        public long LastHeard { get; set; }

        public bool IsAlive { get; set; }

        /// <summary>When its latest heartbeat was sent, by its clock.</summary>
        public long Sent { get; set; }

        /// <summary>When the latest heartbeat of this silo that it has heard was sent, by this silo's clock.</summary>
        public long Echo { get; set; }

        /// <summary>Since when it has heard this silo without a gap, by this silo's clock.</summary>
        public long HeardSince { get; set; }

        public TimeSpan ClockAhead { get; set; }

        public bool HasHeard(long since, long until) => Echo != 0 && Echo > until && HeardSince <= since;

        public bool IsStale(SiloStart start, SiloStart follows) =>
            start != Newest && !(start.IsNewerThan(Newest) && (Newest == SiloStart.None || follows == Newest));
    }
}
