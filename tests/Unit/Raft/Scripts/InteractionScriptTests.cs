using Xunit;

namespace Bayou.Unit.Raft.Scripts;

/// <summary>Whole clusters, step by step: every message, every entry and every decision must be the expected one.</summary>
public sealed class InteractionScriptTests
{
    private const string Folder = "interaction";

    public static TheoryData<string?> Scripts => Script.In(Folder);

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_PrintsWhatItSays(string? name)
    {
        var cluster = new ScriptCluster();
        Script.Run(Folder, name, cluster.Execute);
    }
}
