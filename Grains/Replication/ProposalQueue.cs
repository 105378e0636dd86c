using System.Diagnostics.CodeAnalysis;
using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>
/// The proposals of one replica: those that wait for a leader, and those in its log that are not applied yet. Every one of them
/// is completed or failed once.
/// </summary>
internal sealed class ProposalQueue
{
    private readonly Queue<Proposal> _waiting = new();
    private readonly Queue<(ulong Index, ulong Term, Proposal Proposal)> _proposed = new();

    public bool HasWaiting => _waiting.Count > 0;

    public bool IsEmpty => _waiting.Count == 0 && _proposed.Count == 0;

    public void Add(Proposal proposal) => _waiting.Enqueue(proposal);

    public bool TryTake([NotNullWhen(true)] out Proposal? proposal) => _waiting.TryDequeue(out proposal);

    /// <summary>A proposal is in the log; its first command is the entry at <paramref name="index"/>.</summary>
    public void OnProposed(ulong index, ulong term, Proposal proposal) => _proposed.Enqueue((index, term, proposal));

    /// <summary>An entry was applied: answers whoever proposed it.</summary>
    public void OnApplied(in Entry entry, object? result)
    {
        if (!_proposed.TryPeek(out var next) || next.Index > entry.Index)
        {
            return;
        }

        _proposed.Dequeue();
        if (next.Index == entry.Index && next.Term == entry.Term)
        {
            next.Proposal.Complete(result);
        }
        else
        {
            next.Proposal.Fail(new ReplicaUnavailableException("Another leader's entry stands where the proposal should."));
        }
    }

    /// <summary>Leadership is lost: nobody here can say any more what becomes of what was proposed.</summary>
    public void FailProposed(string? leader)
    {
        while (_proposed.TryDequeue(out var next))
        {
            next.Proposal.Fail(new ReplicaUnavailableException("Leadership was lost while the proposal was under way.") { Leader = leader });
        }
    }

    /// <summary>Another silo leads: whoever waits is sent there.</summary>
    public void RefuseWaiting(string? leader)
    {
        while (_waiting.TryDequeue(out var proposal))
        {
            proposal.Fail(NotLeader(leader));
        }
    }

    /// <summary>Gives up what has waited for too long.</summary>
    public void Expire(long now)
    {
        while (_waiting.TryPeek(out var oldest) && oldest.Deadline <= now)
        {
            _waiting.Dequeue();
            oldest.Fail(NoQuorum());
        }
    }

    public static ReplicaUnavailableException NoQuorum() =>
        new("The group has no leader.") { Reason = ReplicaUnavailability.NoQuorum };

    public static ReplicaUnavailableException NotLeader(string? leader) =>
        new("Another silo leads the group.") { Reason = ReplicaUnavailability.NotLeader, Leader = leader };
}
