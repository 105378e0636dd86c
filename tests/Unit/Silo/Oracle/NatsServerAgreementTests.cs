using System.Text.RegularExpressions;
using Bayou.Silo.Configuration;
using Xunit;

namespace Bayou.Unit.Silo.Oracle;

/// <summary>Whatever nats-server accepts, Bayou accepts; whatever it refuses, Bayou refuses.</summary>
[Trait("Kind", "Process")]
public sealed partial class NatsServerAgreementTests : IDisposable
{
    private const int FileCount = 400;

    private readonly string _directory = Directory.CreateTempSubdirectory("bayou-config-").FullName;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void GeneratedFiles_AreJudgedAlike(int seed)
    {
        OracleServer.Require();
        var generator = new ConfigGenerator(seed);
        var judgements = Enumerable.Range(0, FileCount).Select(_ => Judge(generator.Next())).ToList();

        Assert.All(judgements, judgement => Assert.True(
            judgement.Theirs is null == judgement.Ours is null,
            $"--- file\n{judgement.Text}\n--- nats-server: {judgement.Theirs ?? "valid"}\n--- bayou: {judgement.Ours ?? "valid"}"));
        Assert.All(judgements, judgement => Assert.Equal(UnknownFields(judgement.Theirs), UnknownFields(judgement.Ours)));

        // Both kinds must be there, or the comparison proves little.
        Assert.InRange(judgements.Count(judgement => judgement.Theirs is null), FileCount / 5, FileCount * 4 / 5);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private (string Text, string? Theirs, string? Ours) Judge(string text)
    {
        var file = Path.Combine(_directory, "bayou.conf");
        File.WriteAllText(file, text);
        var ours = ServerConfiguration.Load(["-t", "-c", file], new ConfigurationEnvironment { ReadFile = File.ReadAllText });
        return (text, OracleServer.Complaint(file), ours.ExitCode == 0 ? null : ours.ErrorOutput);
    }

    /// <summary>
    /// The unknown fields with their lines. nats-server reports the keys of a map in any order, and counts the columns
    /// of the first line from 0, so neither is compared.
    /// </summary>
    private static IEnumerable<string> UnknownFields(string? complaint) =>
        UnknownField().Matches(complaint ?? "").Select(match => match.Groups["line"].Value + match.Groups["field"].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("""(?<line>:\d+:)\d+: unknown field (?<field>".*?")""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnknownField();
}
