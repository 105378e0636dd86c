namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// Which silos are alive, by their heartbeats and by what the links say. Groups ask about their leader's silo instead of
/// exchanging heartbeats of their own. Pure: time is an argument, in ticks of 100 ns from any fixed origin. A silo that was never
/// heard of is neither alive nor suspected. Any thread.
/// </summary>
internal sealed class PeerLiveness(TimeSpan suspectAfter)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<SiloNumber, Peer> _peers = [];

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
            return _peers.TryGetValue(silo, out var peer) && !peer.IsAlive;
        }
    }

    /// <summary>Epochs only grow: a frame of an earlier start must not count for the present one.</summary>
    public bool IsStale(SiloNumber silo, ulong epoch)
    {
        lock (_gate)
        {
            return _peers.TryGetValue(silo, out var peer) && epoch < peer.Epoch;
        }
    }

    /// <summary>
    /// A frame of <paramref name="silo"/> arrived. True if the silo was started anew since it was last heard: whatever it led, it
    /// leads no more, however fast it came back.
    /// </summary>
    public bool OnHeard(SiloNumber silo, ulong epoch, long now)
    {
        lock (_gate)
        {
            var isKnown = _peers.TryGetValue(silo, out var peer);
            if (!isKnown)
            {
                _peers[silo] = peer = new Peer();
            }

            if (epoch < peer!.Epoch)
            {
                return false;
            }

            var isRestarted = isKnown && epoch > peer.Epoch;
            peer.Epoch = epoch;
            peer.LastHeard = now;
            peer.IsAlive = true;
            return isRestarted;
        }
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

    private sealed class Peer
    {
        public ulong Epoch { get; set; }

        public long LastHeard { get; set; }

        public bool IsAlive { get; set; }

        public TimeSpan ClockAhead { get; set; }
    }
}
