using Bayou.Records;

namespace Bayou.Simulation.Run;

/// <summary>What a replica shows of itself.</summary>
/// <param name="Group">Its group.</param>
/// <param name="AppliedIndex">Where it stands.</param>
/// <param name="Hash">Over its whole state there.</param>
/// <param name="IsLeading">Whether it leads.</param>
/// <param name="FirstSequence">The oldest message that was not trimmed.</param>
/// <param name="Voters">The silos that vote.</param>
/// <param name="OutgoingVoters">While its membership changes: the silos that voted before.</param>
public sealed record ReplicaView(
    GroupId Group, ulong AppliedIndex, ulong Hash, bool IsLeading, ulong FirstSequence, IReadOnlyList<string> Voters, IReadOnlyList<string> OutgoingVoters);
