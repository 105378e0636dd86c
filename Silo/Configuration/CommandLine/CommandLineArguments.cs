using System.CommandLine;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>The command line, read: what was asked for, and the settings among the flags as one more configuration tree.</summary>
public sealed class CommandLineArguments
{
    private static readonly Dictionary<Flag, Option<string[]>> Options = FlagTable.All.ToDictionary(
        flag => flag,
        flag => new Option<string[]>("--" + flag.Name) { Description = flag.Help, Arity = ArgumentArity.OneOrMore });

    private static readonly RootCommand Command = MakeCommand();

    private readonly ParseResult _parsed;
    private readonly List<FlagUse> _uses;

    private CommandLineArguments(ParseResult parsed, List<FlagUse> uses, List<string> errors)
    {
        _parsed = parsed;
        _uses = uses;
        Errors = errors;
        Settings = ToSettings(uses);
    }

    /// <summary>Flags that do not exist, lack their argument, or are no flags.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>The settings that flags set.</summary>
    public ConfigMap Settings { get; }

    /// <summary>Flags that are known but stand for no setting that exists today.</summary>
    public IEnumerable<string> WithoutSetting =>
        _uses.Where(use => use.Flag.Group == FlagGroup.Later && use.Flag.Settings.Length == 0 && use.Value != "false").Select(use => use.Spelling);

    public static CommandLineArguments Read(IReadOnlyList<string> arguments)
    {
        var errors = new List<string>();
        var uses = GoFlagSyntax.Read(arguments, errors);
        var parsed = Command.Parse(
            [.. uses.SelectMany(ToTokens)],
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        errors.AddRange(parsed.Errors.Select(error => error.Message));
        return new CommandLineArguments(parsed, uses, errors);
    }

    /// <summary>The last argument of a flag; null where it was not given.</summary>
    public string? ValueOf(string flag) => _parsed.GetValue(Options[FlagTable.Find(flag)!]) is { Length: > 0 } values ? values[^1] : null;

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(string flag) => ValueOf(flag) == "true";

    /// <summary>
    /// An equals sign keeps an argument that looks like a flag from being taken for one; an empty one after it would
    /// count as missing.
    /// </summary>
    private static string[] ToTokens(FlagUse use) => use.Value.Length == 0 ? ["--" + use.Flag.Name, ""] : [$"--{use.Flag.Name}={use.Value}"];

    private static RootCommand MakeCommand()
    {
        var command = new RootCommand("A messaging server for NATS and NATS Streaming clients.");

        // The table has help and version under the names that operators know.
        command.Options.Clear();
        command.Directives.Clear();
        foreach (var option in Options.Values)
            command.Options.Add(option);
        return command;
    }

    /// <summary>Flags in the order given, a later one over an earlier.</summary>
    private static ConfigMap ToSettings(IEnumerable<FlagUse> uses)
    {
        var root = new ConfigMap();
        foreach (var use in uses)
        {
            var settings = use.Flag.Expand?.Invoke(use.Value) ?? use.Flag.Settings.Select(setting => (setting, use.Value));
            foreach (var (setting, value) in settings)
                Set(root, setting.Split(':'), use with { Value = value });
        }

        return root;
    }

    private static void Set(ConfigMap map, ReadOnlySpan<string> path, FlagUse use)
    {
        var origin = new ConfigOrigin($"flag {use.Spelling}");
        if (path.Length == 1)
        {
            map.Set(new ConfigEntry(path[0], origin, new ConfigText(use.Value)));
            return;
        }

        if (map.Find(path[0])?.Value is not ConfigMap inner)
            map.Set(new ConfigEntry(path[0], origin, inner = new ConfigMap()));
        Set(inner, path[1..], use);
    }
}
