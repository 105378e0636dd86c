using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bayou.Silo.Migration;

/// <summary>The command line of <c>bayou import</c>: its own options, and those of the server that is to run on what was imported.</summary>
internal sealed record ImportArguments
{
    private static readonly Option<string> FromOption = new("--from")
    {
        Description = "Directory of the file store to import (the old server's dir). Nothing in it is changed.",
        HelpName = "dir",
        Required = true,
    };

    private static readonly Option<string?> RaftLogOption = new("--raft-log")
    {
        Description = "Directory of the same node's Raft log (its log_path), if it was one of a cluster.",
        HelpName = "dir",
    };

    private static readonly Option<string?> KeyFileOption = new("--encryption-key")
    {
        Description = $"File that holds the key of an encrypted store. Without it: {KeyVariable} in the environment.",
        HelpName = "file",
    };

    private static readonly Option<uint?> CrcPolynomialOption = new("--file_crc_poly")
    {
        Description = "Polynomial of the checksums, if the old server was given one. A number as in its configuration, or 0x and hexadecimal digits.",
        HelpName = "number",
        CustomParser = ParsePolynomial,
    };

    private static readonly Option<bool> DryRunOption = new("--dry-run") { Description = "Say what would be imported, and write nothing." };

    private static readonly Option<bool> SkipDamagedOption = new("--skip-damaged")
    {
        Description = "Import what can be read of a damaged store. Without it a damaged store is reported and refused.",
    };

    private static readonly Option<bool> NotEncryptedOption = new("--not-encrypted")
    {
        Description = "Take payloads as they are, even if some look as if the old server had encrypted them.",
    };

    private static readonly RootCommand Root = MakeRoot();

    /// <summary>Where a server finds its key, too.</summary>
    public const string KeyVariable = "NATS_STREAMING_ENCRYPTION_KEY";

    public required string From { get; init; }

    public string? RaftLog { get; init; }

    public string? KeyFile { get; init; }

    public uint? CrcPolynomial { get; init; }

    public bool DryRun { get; init; }

    public bool SkipDamaged { get; init; }

    public bool NotEncrypted { get; init; }

    /// <summary>What is said of the server: its configuration file, directory, cluster id and so on.</summary>
    public required IReadOnlyList<string> ServerArguments { get; init; }

    /// <summary>The arguments; null after help was printed, and where they are wrong, which is printed, too.</summary>
    public static ImportArguments? Read(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, out int exitCode)
    {
        var parsed = Root.Parse([ImportCommand.Name, .. arguments], new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Action is not null || parsed.Errors.Count > 0)
        {
            parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
            exitCode = parsed.Errors.Count > 0 ? 2 : 0;
            return null;
        }

        exitCode = 0;
        return new ImportArguments
        {
            From = parsed.GetValue(FromOption)!,
            RaftLog = parsed.GetValue(RaftLogOption),
            KeyFile = parsed.GetValue(KeyFileOption),
            CrcPolynomial = parsed.GetValue(CrcPolynomialOption),
            DryRun = parsed.GetValue(DryRunOption),
            SkipDamaged = parsed.GetValue(SkipDamagedOption),
            NotEncrypted = parsed.GetValue(NotEncryptedOption),
            ServerArguments = parsed.UnmatchedTokens,
        };
    }

    private static RootCommand MakeRoot()
    {
        var command = new Command(
            ImportCommand.Name,
            """
            Takes over the file store of a nats-streaming-server that has been stopped.

            Besides the options below it takes those of the server that is to run on the result, above all -c or -sc for the
            configuration, -cid for the cluster id and -dir for the directory to create: limits in it decide which messages still count.
            """)
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        foreach (var option in (Option[])[FromOption, RaftLogOption, KeyFileOption, CrcPolynomialOption, DryRunOption, SkipDamagedOption, NotEncryptedOption])
        {
            command.Options.Add(option);
        }

        var root = new RootCommand();
        root.Subcommands.Add(command);
        return root;
    }

    private static uint? ParsePolynomial(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        var isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (uint.TryParse(
            isHexadecimal ? text[2..] : text,
            isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var polynomial))
        {
            return polynomial;
        }

        argument.AddError($"\"{text}\" is no polynomial.");
        return null;
    }
}
