using Bayou.Silo.Migration;
using Xunit;

namespace Bayou.Unit.Silo;

public sealed class ImportArgumentsTests
{
    [Fact]
    public void OwnOptions_AreToldFromThoseOfTheServer()
    {
        var read = Read(["-sc", "server.conf", "--from", "old", "--dry-run", "-dir", "new", "--skip-damaged", "-cid=x", "--encryption-key", "key"], out var exitCode);
        Assert.Equal(0, exitCode);
        Assert.Equal(("old", "key", true, true, false), (read!.From, read.KeyFile, read.DryRun, read.SkipDamaged, read.NotEncrypted));
        Assert.Equal(["-sc", "server.conf", "-dir", "new", "-cid=x"], read.ServerArguments);
        Assert.Null(read.CrcPolynomial);
    }

    [Theory]
    [InlineData("3988292384", 0xEDB88320)]
    [InlineData("0x82F63B78", 0x82F63B78)]
    public void Polynomial_IsDecimalOrHexadecimal(string text, uint expected) =>
        Assert.Equal(expected, Read(["--from", "old", "--file_crc_poly", text], out _)!.CrcPolynomial);

    [Theory]
    [InlineData("--dry-run")]
    [InlineData("--from")]
    [InlineData("--from old --file_crc_poly x")]
    public void WrongCommandLine_IsRefused(string arguments)
    {
        Assert.Null(Read(arguments.Split(' '), out var exitCode));
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public void Help_NamesEveryOption()
    {
        using var output = new StringWriter();
        Assert.Null(ImportArguments.Read(["--help"], output, TextWriter.Null, out var exitCode));
        Assert.Equal(0, exitCode);
        Assert.All(
            ["--from", "--raft-log", "--encryption-key", "--file_crc_poly", "--dry-run", "--skip-damaged", "--not-encrypted"],
            option => Assert.Contains(option, output.ToString(), StringComparison.Ordinal));
    }

    private static ImportArguments? Read(string[] arguments, out int exitCode) => ImportArguments.Read(arguments, TextWriter.Null, TextWriter.Null, out exitCode);
}
