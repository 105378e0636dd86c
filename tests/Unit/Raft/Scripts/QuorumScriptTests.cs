using System.Text;
using Bayou.Raft.Quorum;
using Xunit;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>Tables of voters and what they acknowledged or answered, and what a quorum makes of that.</summary>
public sealed class QuorumScriptTests
{
    private const string Folder = "quorum";

    public static TheoryData<string?> Scripts => Script.In(Folder);

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_PrintsWhatItSays(string? name) => Script.Run(Folder, name, Execute);

    private static string Execute(ScriptCommand command)
    {
        ulong[] voters = [.. command.All("cfg").Select(ulong.Parse).Distinct().Order()];
        ulong[] outgoing = [.. command.All("cfgj").Where(v => v != "zero").Select(ulong.Parse).Distinct().Order()];
        var listed = command.All("cfg").Concat(command.All("cfgj").Where(v => v != "zero")).Select(ulong.Parse).Distinct();
        return command.Name == "committed"
            ? Committed(voters, outgoing, new AnswerTable(listed, command.All("idx")))
            : $"Vote{JointQuorum.Decide(voters, outgoing, new AnswerTable(listed, command.All("votes")))}";
    }

    private static string Committed(ulong[] voters, ulong[] outgoing, AnswerTable table)
    {
        var index = JointQuorum.CommittedIndex(voters, outgoing, table);
        Assert.Equal(index, JointQuorum.CommittedIndex(outgoing, voters, table));
        Assert.Equal(MajorityQuorum.CommittedIndex(voters, table), JointQuorum.CommittedIndex(voters, voters, table));
        return $"{Drawing(voters.Union(outgoing).Order(), table)}{(index == ulong.MaxValue ? "∞" : index)}";
    }

    /// <summary>Each voter with a bar as long as there are voters behind it.</summary>
    private static string Drawing(IEnumerable<ulong> voters, AnswerTable table)
    {
        var rows = voters.ToList();
        if (rows.Count == 0)
        {
            return "<empty majority quorum>";
        }

        var text = new StringBuilder().Append(' ', rows.Count).Append("    idx\n");
        foreach (var voter in rows)
        {
            var index = table.AcknowledgedBy(voter);
            var behind = rows.Count(other => table.AcknowledgedBy(other) < index);
            var bar = table.Knows(voter) ? new string('x', behind) + '>' : "?";
            text.Append(bar.PadRight(rows.Count + 1)).Append($" {index,5}    (id={voter:x})\n");
        }

        return text.ToString();
    }

    private sealed class AnswerTable(IEnumerable<ulong> voters, IEnumerable<string> answers) : IAcknowledgedIndexes, IBallots
    {
        private readonly Dictionary<ulong, string> _answers =
            voters.Zip(answers).Where(pair => pair.Second != "_").ToDictionary(pair => pair.First, pair => pair.Second);

        public bool Knows(ulong voter) => _answers.ContainsKey(voter);

        public ulong AcknowledgedBy(ulong voter) => _answers.TryGetValue(voter, out var index) ? ulong.Parse(index) : 0;

        public bool? AnswerOf(ulong voter) => _answers.TryGetValue(voter, out var answer) ? answer == "y" : null;
    }
}
