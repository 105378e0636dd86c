using Bayou.Simulation.Command;
using Bayou.Simulation.Run;
using Xunit;

namespace Bayou.Simulation.Tests.Command;

public sealed class MutantTableTests
{
    private static readonly string[] Document =
    [
        "Some text.", "| mutant | what the program does wrong | seed | noticed by |", "|---|---|---|---|",
        "| `one` | Does one thing | 7 | history: Lost |", "| `two` | Does another | 12 | oracle: Both lead. |", "", "More | text | 3 |",
    ];

    [Fact]
    public void Rows_AreThoseOfMutants() => Assert.Equal(
        [new MutantTable.Row("one", "Does one thing", 7, "history: Lost"), new MutantTable.Row("two", "Does another", 12, "oracle: Both lead.")],
        MutantTable.Read(Document));

    [Fact]
    public void KnownMutant_KeepsItsPlace()
    {
        var changed = MutantTable.Put(Document, new MutantTable.Row("one", "Does it", 3, "history: Gap"));
        Assert.Equal("| `one` | Does it | 3 | history: Gap |", changed[3]);
        Assert.Equal(Document.Where((_, index) => index != 3), changed.Where((_, index) => index != 3));
    }

    [Fact]
    public void NewMutant_ComesLast()
    {
        var changed = MutantTable.Put(Document, new MutantTable.Row("three", "Does more", 1, "history: Gap"));
        Assert.Equal([.. Document[..5], "| `three` | Does more | 1 | history: Gap |", .. Document[5..]], changed);
    }

    [Fact]
    public void DocumentWithoutTable_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => MutantTable.Put(["Text"], new MutantTable.Row("one", "Does it", 3, "history: Gap")));

    [Fact]
    public void Failure_IsSummedUpWithoutItsParticulars()
    {
        Assert.Equal(
            "oracle: Election safety: N and N both lead group N in term N.",
            FailureSummary.Of(new SimulationFailureException("n1 fails", new SimulationFailureException("Election safety: n1 and n2 both lead group 3 in term 17."))));
        Assert.Equal("program: No.", FailureSummary.Of(new SimulationFailureException("n1 fails: No.", new InvalidOperationException("No."))));
        Assert.Equal("history: LostPostfix, Gap", FailureSummary.Of(new SimulationFailureException("3 acknowledged\nLostPostfix: 2\n  c1: a1\nGap: 1")));
    }
}
