using Bayou.Raft.Replication;

namespace Bayou.Raft.Membership;

/// <summary>
/// Plans a change: takes the members and their progress, and gives the new ones or throws. Nothing that was passed in is changed.
/// </summary>
internal sealed class MembershipChange
{
    private readonly SortedSet<ulong> _voters;
    private readonly SortedSet<ulong> _outgoing;
    private readonly SortedSet<ulong> _learners;
    private readonly SortedSet<ulong> _learnersNext;
    private readonly SortedDictionary<ulong, Progress> _progress = [];
    private readonly Func<ulong, bool, Progress> _newProgress;
    private bool _isAutoLeave;

    /// <param name="members">The members before the change.</param>
    /// <param name="progress">Their progress.</param>
    /// <param name="newProgress">Makes the progress of a new member, told its id and whether it is a learner.</param>
    private MembershipChange(MemberSet members, ProgressTable progress, Func<ulong, bool, Progress> newProgress)
    {
        var confState = members.ConfState;
        _voters = [.. confState.Voters];
        _outgoing = [.. confState.VotersOutgoing];
        _learners = [.. confState.Learners];
        _learnersNext = [.. confState.LearnersNext];
        _isAutoLeave = confState.AutoLeave;
        _newProgress = newProgress;
        foreach (var member in progress.Members)
        {
            _progress.Add(member.Id, member);
        }

        CheckInvariants();
    }

    private bool IsJoint => _outgoing.Count > 0;

    /// <summary>Applies a committed change.</summary>
    public static (MemberSet Members, ProgressTable Progress) Apply(
        MemberSet members, ProgressTable progress, ConfChange change, Func<ulong, bool, Progress> newProgress) =>
        change.LeavesJoint ? LeaveJoint(members, progress, newProgress)
        : change.EntersJoint ? EnterJoint(members, progress, change.Steps, change.IsLeftAutomatically, newProgress)
        : Simple(members, progress, change.Steps, newProgress);

    /// <summary>Changes at most one voter, so that old and new majorities meet.</summary>
    public static (MemberSet Members, ProgressTable Progress) Simple(
        MemberSet members, ProgressTable progress, IEnumerable<ConfChangeStep> steps, Func<ulong, bool, Progress> newProgress)
    {
        var change = new MembershipChange(members, progress, newProgress);
        Require(!change.IsJoint, MembershipError.SimpleWhileJoint);
        change.Take(steps);
        var changed = new SortedSet<ulong>(members.ConfState.Voters);
        changed.SymmetricExceptWith(change._voters);
        Require(changed.Count <= 1, MembershipError.MoreThanOneVoterChanged);
        return change.Finish();
    }

    /// <summary>The present voters become outgoing, and the steps make the incoming ones.</summary>
    public static (MemberSet Members, ProgressTable Progress) EnterJoint(
        MemberSet members,
        ProgressTable progress,
        IEnumerable<ConfChangeStep> steps,
        bool isAutoLeave,
        Func<ulong, bool, Progress> newProgress)
    {
        var change = new MembershipChange(members, progress, newProgress);
        Require(!change.IsJoint, MembershipError.AlreadyJoint);
        Require(change._voters.Count > 0, MembershipError.NoVotersToJoin);
        change._outgoing.UnionWith(change._voters);
        change.Take(steps);
        change._isAutoLeave = isAutoLeave;
        return change.Finish();
    }

    /// <summary>The outgoing voters lose their say: some become learners, those without another part leave.</summary>
    public static (MemberSet Members, ProgressTable Progress) LeaveJoint(
        MemberSet members, ProgressTable progress, Func<ulong, bool, Progress> newProgress)
    {
        var change = new MembershipChange(members, progress, newProgress);
        Require(change.IsJoint, MembershipError.NotJoint);
        foreach (var id in change._learnersNext)
        {
            change._learners.Add(id);
            change._progress[id] = change._progress[id].As(isLearner: true);
        }

        change._learnersNext.Clear();
        foreach (var id in change._outgoing)
        {
            if (!change._voters.Contains(id) && !change._learners.Contains(id))
            {
                change._progress.Remove(id);
            }
        }

        change._outgoing.Clear();
        change._isAutoLeave = false;
        return change.Finish();
    }

    /// <summary>Builds the members of a stored membership from nothing.</summary>
    public static (MemberSet Members, ProgressTable Progress) Restore(ConfState confState, Func<ulong, bool, Progress> newProgress)
    {
        var members = new MemberSet(
            confState.Voters, confState.VotersOutgoing, confState.Learners, confState.LearnersNext, confState.AutoLeave);
        return new MembershipChange(members, ProgressTable.Of(members, newProgress), newProgress).Finish();
    }

    private static void Require(bool isMet, MembershipError error)
    {
        if (!isMet)
        {
            throw new MembershipException(error);
        }
    }

    private void Take(IEnumerable<ConfChangeStep> steps)
    {
        foreach (var (kind, id) in steps)
        {
            switch (kind)
            {
                case var _ when id == 0:
                case ConfChangeKind.Update:
                    break;
                case ConfChangeKind.AddVoter:
                    MakeVoter(id);
                    break;
                case ConfChangeKind.AddLearner:
                    MakeLearner(id);
                    break;
                case ConfChangeKind.Remove:
                    Remove(id);
                    break;
                default:
                    throw new MembershipException(MembershipError.Inconsistent, $"Unknown kind of step: {kind}.");
            }
        }

        Require(_voters.Count > 0, MembershipError.NoVotersLeft);
    }

    private void MakeVoter(ulong id)
    {
        _progress[id] = _progress.TryGetValue(id, out var known) ? known.As(isLearner: false) : _newProgress(id, false);
        _learners.Remove(id);
        _learnersNext.Remove(id);
        _voters.Add(id);
    }

    private void MakeLearner(ulong id)
    {
        if (!_progress.TryGetValue(id, out var known))
        {
            _progress[id] = _newProgress(id, true);
            _learners.Add(id);
            return;
        }

        if (known.IsLearner)
        {
            return;
        }

        // It keeps its progress. An outgoing voter goes on voting until the joint configuration is left, so it cannot be a learner yet.
        Remove(id);
        var mustWait = _outgoing.Contains(id);
        _progress[id] = known.As(isLearner: !mustWait);
        (mustWait ? _learnersNext : _learners).Add(id);
    }

    private void Remove(ulong id)
    {
        _voters.Remove(id);
        _learners.Remove(id);
        _learnersNext.Remove(id);
        if (!_outgoing.Contains(id))
        {
            _progress.Remove(id);
        }
    }

    private (MemberSet Members, ProgressTable Progress) Finish()
    {
        CheckInvariants();
        return (new MemberSet(_voters, _outgoing, _learners, _learnersNext, _isAutoLeave), new ProgressTable(_progress.Values));
    }

    private void CheckInvariants()
    {
        foreach (var id in _voters.Concat(_outgoing).Concat(_learners).Concat(_learnersNext))
        {
            Hold(_progress.ContainsKey(id), $"Member {id} has no progress.");
        }

        foreach (var id in _learnersNext)
        {
            Hold(_outgoing.Contains(id), $"{id} is to become a learner but is no outgoing voter.");
            Hold(!_progress[id].IsLearner, $"{id} is to become a learner and is one already.");
        }

        foreach (var id in _learners)
        {
            Hold(!_voters.Contains(id) && !_outgoing.Contains(id), $"{id} is both a learner and a voter.");
            Hold(_progress[id].IsLearner, $"{id} is a learner that is tracked as a voter.");
        }

        Hold(IsJoint || (_learnersNext.Count == 0 && !_isAutoLeave), "Only a joint configuration has learners to be or leaves by itself.");

        static void Hold(bool isTrue, string rule)
        {
            if (!isTrue)
            {
                throw new MembershipException(MembershipError.Inconsistent, rule);
            }
        }
    }
}
