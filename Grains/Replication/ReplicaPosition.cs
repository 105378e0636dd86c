using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.State;
using Bayou.Raft;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Replication;

/// <summary>
/// Where a replica stands, apart from its machine and its log: everything about it that a checkpoint must keep.
/// Invariant: the machine, the membership and the digest are those of the applied index.
/// </summary>
internal sealed class ReplicaPosition
{
    /// <summary>Term, vote and commit index as they are on disk.</summary>
    public HardState HardState { get; set; }

    public ulong AppliedIndex { get; set; }

    public ulong AppliedTerm { get; set; }

    public ConfState Membership { get; set; } = ConfState.Empty;

    public LogDigest Digest;

    /// <summary>What the disk lost of the group's log and was not mended; null for nothing.</summary>
    public GroupFault? Fault { get; set; }

    /// <summary>The same for consensus.</summary>
    public VoteRestriction Restriction => Fault switch
    {
        null => VoteRestriction.None,
        { MayLackHardState: true } or { MayLackEntries: true } => VoteRestriction.NoVote,
        { } fault => new VoteRestriction(fault.KnownTerm, fault.KnownIndex),
    };

    /// <summary>Takes over what a checkpoint or a snapshot of the group holds; returns the machine's part.</summary>
    public ReadOnlyMemory<byte> Restore(ReadOnlyMemory<byte> encoded, ulong index, ulong term, out ReplicaId replica)
    {
        var state = ReplicaState.Parser.ParseFrom(encoded.Span);
        replica = new ReplicaId(state.Replica);
        AppliedIndex = index;
        AppliedTerm = term;
        Membership = MembershipCodec.Read(state.Membership.Span, out _);
        Digest = new LogDigest { Chain = state.DigestChain, MarkIndex = state.DigestIndex, MarkHash = state.DigestHash };
        return state.Machine.Memory;
    }

    public byte[] Encode(ReplicaId replica, ReadOnlyMemory<byte> machine) => new ReplicaState
    {
        Membership = UnsafeByteOperations.UnsafeWrap(MembershipCodec.Encode(Membership)),
        DigestChain = Digest.Chain,
        DigestIndex = Digest.MarkIndex,
        DigestHash = Digest.MarkHash,
        Replica = replica.Value,
        Machine = UnsafeByteOperations.UnsafeWrap(machine),
    }.ToByteArray();

    /// <summary>Goes on to an entry that was applied.</summary>
    public void Advance(in Entry entry)
    {
        AppliedIndex = entry.Index;
        AppliedTerm = entry.Term;
    }

    public StoredHardState ToStored() => new(HardState.Term, HardState.Vote, HardState.Commit);
}
