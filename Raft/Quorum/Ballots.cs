namespace Bayou.Raft.Quorum;

/// <summary>The answers of one election. The first answer of a voter counts; a repeated or changed one does not.</summary>
internal sealed class Ballots : IBallots
{
    private readonly List<(ulong Voter, bool IsGranted)> _answers = [];

    public void Clear() => _answers.Clear();

    public void Record(ulong voter, bool isGranted)
    {
        if (AnswerOf(voter) is null)
        {
            _answers.Add((voter, isGranted));
        }
    }

    public bool? AnswerOf(ulong voter)
    {
        foreach (var (answered, isGranted) in _answers)
        {
            if (answered == voter)
            {
                return isGranted;
            }
        }

        return null;
    }
}
