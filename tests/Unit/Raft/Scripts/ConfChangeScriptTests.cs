using Bayou.Raft.Membership;
using Bayou.Raft.Replication;
using Xunit;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>Sequences of membership changes, and the members, progress and errors that follow.</summary>
public sealed class ConfChangeScriptTests
{
    private const string Folder = "confchange";

    private MemberSet _members = MemberSet.Empty;
    private ProgressTable _progress = ProgressTable.Empty;

    /// <summary>Grows with every command, so that the next index of a progress tells when it was made.</summary>
    private ulong _lastIndex;

    public static TheoryData<string?> Scripts => Script.In(Folder);

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_PrintsWhatItSays(string? name) => Script.Run(Folder, name, Execute);

    private string Execute(ScriptCommand command)
    {
        try
        {
            var steps = ScriptText.ParseSteps(command.Input);
            (_members, _progress) = command.Name switch
            {
                "simple" => MembershipChange.Simple(_members, _progress, steps, NewProgress),
                "enter-joint" => MembershipChange.EnterJoint(_members, _progress, steps, command.IsSet("autoleave"), NewProgress),
                "leave-joint" => MembershipChange.LeaveJoint(_members, _progress, NewProgress),
                _ => throw new FormatException($"Unknown command {command.Name}."),
            };
            return $"{ScriptText.Config(_members.ConfState)}\n{ScriptText.Of(_progress.Members)}";
        }
        catch (MembershipException e)
        {
            return ErrorText(e.Error);
        }
        finally
        {
            _lastIndex++;
        }
    }

    private Progress NewProgress(ulong id, bool isLearner) => new(id, _lastIndex, 10, 0, isLearner) { IsRecentlyActive = true };

    private static string ErrorText(MembershipError error) => error switch
    {
        MembershipError.AlreadyJoint => "config is already joint",
        MembershipError.NotJoint => "can't leave a non-joint config",
        MembershipError.NoVotersToJoin => "can't make a zero-voter config joint",
        MembershipError.SimpleWhileJoint => "can't apply simple config change in joint config",
        MembershipError.NoVotersLeft => "removed all voters",
        MembershipError.MoreThanOneVoterChanged => "more than one voter changed without entering joint config",
        _ => "inconsistent members",
    };
}
