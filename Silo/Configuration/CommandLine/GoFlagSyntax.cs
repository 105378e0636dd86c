namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>
/// Go's way of writing flags, turned into the one form <c>--name=value</c> that leaves nothing to guess: <c>-x</c> is
/// <c>--x</c>; a switch takes no argument but may have <c>=false</c>; every other flag takes the next argument, whatever
/// that looks like (<c>-p -1</c>); <c>--</c> ends the flags.
/// </summary>
internal static class GoFlagSyntax
{
    /// <summary>Rewrites the arguments; what cannot be read as a flag goes to <paramref name="errors"/>.</summary>
    public static List<FlagUse> Read(IReadOnlyList<string> arguments, List<string> errors)
    {
        var uses = new List<FlagUse>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (argument == "--")
            {
                errors.AddRange(arguments.Skip(index + 1).Select(Unrecognized));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                errors.Add(Unrecognized(argument));
                continue;
            }

            var (spelling, value) = Split(argument);
            if (FlagTable.Find(spelling.TrimStart('-')) is not { } flag || spelling.StartsWith("---", StringComparison.Ordinal))
                errors.Add($"flag provided but not defined: {spelling}");
            else if (flag.IsSwitch)
                AddSwitch(new FlagUse(flag, spelling, value ?? "true"), uses, errors);
            else if (value is not null)
                uses.Add(new FlagUse(flag, spelling, value));
            else if (++index < arguments.Count)
                uses.Add(new FlagUse(flag, spelling, arguments[index]));
            else
                errors.Add($"flag needs an argument: {spelling}");
        }

        return uses;
    }

    private static (string Spelling, string? Value) Split(string argument)
    {
        var separator = argument.IndexOf('=', StringComparison.Ordinal);
        return separator < 0 ? (argument, null) : (argument[..separator], argument[(separator + 1)..]);
    }

    private static void AddSwitch(FlagUse use, List<FlagUse> uses, List<string> errors)
    {
        switch (use.Value)
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                uses.Add(use with { Value = "true" });
                break;
            case "0" or "f" or "F" or "false" or "FALSE" or "False":
                uses.Add(use with { Value = "false" });
                break;
            default:
                errors.Add($"invalid boolean value \"{use.Value}\" for {use.Spelling}: parse error");
                break;
        }
    }

    private static string Unrecognized(string argument) => $"unrecognized command: \"{argument}\"";
}
