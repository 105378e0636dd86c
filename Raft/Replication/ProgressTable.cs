using Bayou.Raft.Membership;
using Bayou.Raft.Quorum;

namespace Bayou.Raft.Replication;

/// <summary>The progress of every member, in ascending order of their ids so that messages go out in the same order in every run.</summary>
internal sealed class ProgressTable : IAcknowledgedIndexes
{
    public static readonly ProgressTable Empty = new([]);

    private readonly Progress[] _members;

    public ProgressTable(IEnumerable<Progress> members) => _members = [.. members.OrderBy(static p => p.Id)];

    public ReadOnlySpan<Progress> Members => _members;

    /// <summary>Of every member anew; <paramref name="newProgress"/> is told its id and whether it is a learner.</summary>
    public static ProgressTable Of(MemberSet members, Func<ulong, bool, Progress> newProgress) =>
        new(members.AllVoters.Select(id => newProgress(id, false)).Concat(members.ConfState.Learners.Select(id => newProgress(id, true))));

    public Progress? Find(ulong id)
    {
        foreach (var member in _members)
        {
            if (member.Id == id)
            {
                return member;
            }
        }

        return null;
    }

    public ulong AcknowledgedBy(ulong voter) => Find(voter)?.MatchIndex ?? 0;

    /// <summary>Who was heard of since the last check, as a vote.</summary>
    public readonly struct Activity(ProgressTable table) : IBallots
    {
        public bool? AnswerOf(ulong voter) => table.Find(voter) is { IsLearner: false } member ? member.IsRecentlyActive : null;
    }
}
