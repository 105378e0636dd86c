using Bayou.Raft;

namespace Bayou.Grains.Replication;

/// <summary>Applies committed entries, one by one and without a gap: to the membership, to the digest, to the state machine.</summary>
internal sealed class EntryApplier(Replica replica, ReplicaServices services, ReplicaPosition position, IReplicatedStateMachine machine)
{
    /// <summary>What the proposer of the entry is told.</summary>
    public object? Apply(RaftNode node, in Entry entry)
    {
        if (entry.Index != position.AppliedIndex + 1)
        {
            throw new InvalidOperationException($"Group {replica.Group} is to apply entry {entry.Index} after {position.AppliedIndex}.");
        }

        var result = entry.IsConfChange ? ApplyMembership(node, entry) : ApplyCommand(entry);
        position.Advance(entry);
        services.Observer.OnApplied(replica.Group, entry);
        return result;
    }

    private object? ApplyMembership(RaftNode node, in Entry entry)
    {
        position.Membership = node.ApplyConfChange(entry);
        services.Observer.OnMembershipChanged(replica.Group, position.Membership);
        return null;
    }

    private object? ApplyCommand(in Entry entry)
    {
        var command = entry.Data.Span;
        if (command.IsEmpty)
        {
            return null;
        }

        if (!LogDigest.IsMark(command))
        {
            position.Digest.Add(command);
            return machine.Apply(entry.Index, entry.Data);
        }

        if (!position.Digest.TryPass(command, entry.Index, machine.Save()))
        {
            replica.OnDiverged(entry.Index);
        }

        return null;
    }
}
