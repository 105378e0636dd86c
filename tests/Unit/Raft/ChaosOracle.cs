using Bayou.Raft;
using Xunit;

namespace Bayou.Unit.Raft;

/// <summary>Figure 3 of the paper, checked while a simulation runs: the properties that hold at all times.</summary>
internal sealed class ChaosOracle : IRaftObserver
{
    private readonly Dictionary<ulong, ulong> _leaderOfTerm = [];
    private readonly List<Entry> _committed = [];
    private readonly Dictionary<(ulong Replica, ulong Context), ulong> _reads = [];

    /// <summary>The highest index that some replica knew to be committed.</summary>
    public ulong HighestCommit { get; private set; }

    /// <summary>How many leaders there were; a run without any proves nothing.</summary>
    public int LeaderCount => _leaderOfTerm.Count;

    public int ReadCount { get; private set; }

    public void OnRoleChanged(RaftNode node)
    {
        if (node.Role != RaftRole.Leader)
        {
            return;
        }

        // Election safety: at most one leader in a term.
        if (!_leaderOfTerm.TryAdd(node.Term, node.Id))
        {
            // A leader that wakes may have been replaced in its sleep.
            Assert.True(_leaderOfTerm[node.Term] == node.Id, $"Two leaders in term {node.Term}.");
            return;
        }

        // Leader completeness: a leader's log holds every entry committed in earlier terms.
        for (var index = node.FirstIndex; index <= (ulong)_committed.Count; index++)
        {
            Assert.True(node.Log.Matches(index, _committed[(int)index - 1].Term), $"Leader {node.Id} lacks committed entry {index}.");
        }

        Assert.True(node.FirstIndex <= (ulong)_committed.Count + 1);
    }

    /// <summary>State machine safety: what one replica applies at an index, no other replica ever applies differently.</summary>
    public void OnApplied(ulong replica, Entry entry)
    {
        Assert.True(entry.Index <= (ulong)_committed.Count + 1, $"Replica {replica} skipped to entry {entry.Index}.");
        if (entry.Index == (ulong)_committed.Count + 1)
        {
            _committed.Add(entry);
            return;
        }

        var known = _committed[(int)entry.Index - 1];
        Assert.True(known.Term == entry.Term && known.Kind == entry.Kind && known.Data.Span.SequenceEqual(entry.Data.Span),
            $"Replica {replica} applies something else at {entry.Index}.");
    }

    public void OnStepDone(RaftNode node) => HighestCommit = Math.Max(HighestCommit, node.CommitIndex);

    public void OnReadAsked(ulong replica, ulong context) => _reads[(replica, context)] = HighestCommit;

    /// <summary>A read must see whatever was committed anywhere before it was asked for.</summary>
    public void OnReadAnswered(ulong replica, ReadState read)
    {
        ReadCount++;
        Assert.True(read.Index >= _reads[(replica, read.Context)], $"A read on {replica} at {read.Index} misses committed entries.");
    }
}
