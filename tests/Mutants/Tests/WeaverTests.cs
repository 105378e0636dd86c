using Bayou.Mutants.Weaver;
using Xunit;

namespace Bayou.Mutants.Tests;

public sealed class WeaverTests
{
    private const string Source = "a();\nb();\nc();\nb2();\n";

    [Fact]
    public void Fault_TakesTheOldTextsPlaceBehindItsNumber()
    {
        var woven = Weave(Parse("f1", "title: One", "noticed by: Lost", "file: S.cs", "old:", "a();", "new:", "if (!MUTANT) a();", "end"),
            Parse("f2", "title: Two", "noticed by: Lost", "file: S.cs", "old:", "c();", "b2();", "new:", "if (MUTANT)", "c();", "b2();", "end"));
        Assert.Equal(
            "if (!(global::Bayou.Mutants.Mutation.Active == 1)) a();\nb();\nif ((global::Bayou.Mutants.Mutation.Active == 2))\nc();\nb2();\n", woven["S.cs"]);
    }

    [Fact]
    public void FaultWithSeveralEdits_IsOneFault()
    {
        var woven = Weave(Parse("f", "title: Two edits", "noticed by: Lost", "file: S.cs", "old:", "a();", "new:", "MUTANT;", "end", "", "file: T.cs", "old:", "x();", "new:", "x(MUTANT);", "end"));
        Assert.Contains("Active == 1", woven["S.cs"], StringComparison.Ordinal);
        Assert.Contains("Active == 1", woven["T.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d();", "S.cs", "Mutant f: its text is not in S.cs.")]
    [InlineData("b", "S.cs", "Mutant f: its text is in S.cs more than once.")]
    [InlineData("a();", "U.cs", "Mutant f: there is no U.cs.")]
    public void FaultThatDoesNotFit_IsNamed(string old, string file, string message)
    {
        var error = Assert.Throws<FaultException>(() => Weave(Parse("f", "title: One", "noticed by: Lost", $"file: {file}", "old:", old, "new:", "MUTANT", "end")));
        Assert.Equal((message, "f.fault", 3), (error.Message, error.Path, error.Line));
    }

    [Fact]
    public void FaultWhoseTextAnotherHasChanged_IsNamed()
    {
        var error = Assert.Throws<FaultException>(() => Weave(
            Parse("f1", "title: One", "noticed by: Lost", "file: S.cs", "old:", "a();", "new:", "MUTANT", "end"),
            Parse("f2", "title: Two", "noticed by: Lost", "file: S.cs", "old:", "a();", "b();", "new:", "MUTANT", "end")));
        Assert.Equal("Mutant f2: its text is not in S.cs, once other mutants are built in.", error.Message);
    }

    [Theory]
    [InlineData(1, "Expected: title:")]
    [InlineData(1, "Expected: title:", "file: S.cs")]
    [InlineData(2, "Expected: noticed by:", "title: One", "file: S.cs")]
    [InlineData(3, "There is no edit.", "title: One", "noticed by: Lost")]
    [InlineData(4, "Expected: old:", "title: One", "noticed by: Lost", "file: S.cs", "new:")]
    [InlineData(5, "Expected: new:", "title: One", "noticed by: Lost", "file: S.cs", "old:", "a();")]
    [InlineData(5, "Expected: a text before 'new:'", "title: One", "noticed by: Lost", "file: S.cs", "old:", "new:")]
    [InlineData(7, "Expected: end", "title: One", "noticed by: Lost", "file: S.cs", "old:", "a();", "new:", "MUTANT")]
    [InlineData(3, "The new text must say MUTANT, or the fault is always on.", "title: One", "noticed by: Lost", "file: S.cs", "old:", "a();", "new:", "b();", "end")]
    public void FaultThatIsNotUnderstood_IsNamed(int line, string message, params string[] lines)
    {
        var error = Assert.Throws<FaultException>(() => Parse("f", lines));
        Assert.Equal(message, error.Message);
        Assert.Equal(line, error.Line);
    }

    [Fact]
    public void Catalog_ListsAllInOrder()
    {
        var catalog = SourceWeaver.Catalog([new Fault("x/a.fault", "a", "Says \"yes\"", ["NotDurable", "Lost"], []), new Fault("x/b.fault", "b", "Does nothing", [], [])]);
        Assert.Contains("(\"a\", \"Says \\\"yes\\\"\", [\"NotDurable\", \"Lost\"]),", catalog, StringComparison.Ordinal);
        Assert.True(catalog.IndexOf("\"a\"", StringComparison.Ordinal) < catalog.IndexOf("\"b\"", StringComparison.Ordinal));
    }

    private static Fault Parse(string name, params string[] lines) => FaultFile.Parse(name + FaultFile.Extension, lines);

    private static IReadOnlyDictionary<string, string> Weave(params Fault[] faults) =>
        SourceWeaver.Apply(new Dictionary<string, string> { ["S.cs"] = Source, ["T.cs"] = "x();\n" }, faults);
}
