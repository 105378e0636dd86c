using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>Counts how long a replica has had nothing to do. A leader is patient; a follower sleeps when its leader says so.</summary>
internal sealed class IdleClock(int patience)
{
    private ulong _lastIndex;
    private int _ticks;

    /// <summary>A tick has passed; true if the replica may try to sleep.</summary>
    public bool Tick(RaftNode node, bool isBusy)
    {
        if (isBusy || _lastIndex != node.LastIndex)
        {
            _lastIndex = node.LastIndex;
            _ticks = 0;
            return false;
        }

        _ticks++;
        return node.Role != RaftRole.Leader || _ticks >= patience;
    }
}
