using System.Net;
using Bayou.Silo.Configuration;
using Xunit;

namespace Bayou.Unit.Silo;

/// <summary>Loads configurations from texts.</summary>
internal static class Loading
{
    public const string ConfFile = "bayou.conf";

    /// <summary>Loads a file of this text, with more arguments behind <c>-c</c>.</summary>
    public static LoadResult LoadText(string text, params string[] arguments) =>
        ServerConfiguration.Load(["-c", ConfFile, .. arguments], With((ConfFile, text)));

    /// <summary>Loads a command line alone.</summary>
    public static LoadResult LoadArguments(params string[] arguments) => ServerConfiguration.Load(arguments, With());

    /// <summary>The options of a file that must be valid.</summary>
    public static ServerOptions Options(string text, params string[] arguments) => Valid(LoadText(text, arguments));

    /// <summary>The options of a result that must be valid.</summary>
    public static ServerOptions Valid(LoadResult result)
    {
        Assert.Equal("", result.ErrorOutput);
        return Assert.IsType<ServerOptions>(result.Options);
    }

    /// <summary>The lines of the errors of a file that must be invalid.</summary>
    public static string[] Errors(LoadResult result)
    {
        Assert.Null(result.Options);
        Assert.Equal(1, result.ExitCode);
        return result.ErrorOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>An environment with these files.</summary>
    public static ConfigurationEnvironment With(params (string Path, string Text)[] files) => new()
    {
        ReadFile = path => files.FirstOrDefault(file => file.Path == path).Text ?? throw new FileNotFoundException(null, path),
        ResolveHost = host => host == "known.host" ? IPAddress.Parse("10.0.0.7") : null,
    };

    /// <summary>The same environment with these variables.</summary>
    public static ConfigurationEnvironment AndVariables(this ConfigurationEnvironment environment, params (string Name, string Value)[] variables) =>
        environment with { Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal) };
}
