namespace Bayou.Unit.Raft;

/// <summary>How rough one simulated run is: drawn from its seed, so that runs differ in kind and not only in detail.</summary>
internal sealed record ChaosSchedule(
    int ReplicaCount,
    bool PreVote,
    bool CheckQuorum,
    double Loss,
    double Duplication,
    double Crash,
    double Partition,
    double MembershipChange,
    double Compaction,
    double Transfer,
    ulong MaxEntriesBytesPerMessage,
    int MaxInflightMessages,
    double Activity,
    double Hibernation,
    double Rot,
    double Amnesia)
{
    /// <summary>Off, a damaged replica forgets that it is damaged.</summary>
    public bool IsDamageRestricted { get; init; } = true;

    public static ChaosSchedule Draw(Random random)
    {
        // Removed replicas campaign for ever unless others hold on to their leader, so changes go with CheckQuorum (§6 of the paper).
        var membershipChange = Sometimes(random, 0.02);
        return new ChaosSchedule(
            ReplicaCount: random.Next(1, 6),
            PreVote: random.Next(2) == 0,
            CheckQuorum: membershipChange > 0 || random.Next(2) == 0,
            Loss: Sometimes(random, 0.3),
            Duplication: Sometimes(random, 0.3),
            Crash: Sometimes(random, 0.01),
            Partition: Sometimes(random, 0.01),
            MembershipChange: membershipChange,
            Compaction: Sometimes(random, 0.05),
            Transfer: Sometimes(random, 0.01),
            MaxEntriesBytesPerMessage: random.Next(3) == 0 ? 0ul : 200ul,
            MaxInflightMessages: random.Next(1, 5),
            Activity: random.Next(3) == 0 ? 0.03 : 1,
            Hibernation: Sometimes(random, 0.5),

            // After a change of members those with damaged logs could be all that is left, and would wait for an entry that nobody has.
            Rot: membershipChange > 0 ? 0 : Sometimes(random, 0.05),
            Amnesia: Sometimes(random, 1));
    }

    private static double Sometimes(Random random, double most) => random.Next(3) == 0 ? 0 : random.NextDouble() * most;
}
