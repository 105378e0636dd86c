using System.CommandLine;

namespace Bayou.Silo.Administration;

/// <summary>The commands that look at running servers and change what they do, over the monitoring port of any of them.</summary>
internal static class AdminCommand
{
    /// <summary>Whether a command line is for such a command rather than for the server.</summary>
    public static bool Handles(IReadOnlyList<string> args) => args is [ClusterCommand.Name or ChannelCommand.Name, ..];

    /// <summary>Runs a command line that it handles; returns an <see cref="AdminExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        var console = new AdminConsole(output, errors);
        var root = new RootCommand("A messaging server for NATS and NATS Streaming clients.")
        {
            new ClusterCommand(console).Create(),
            new ChannelCommand(console).Create(),
        };
        var parsed = root.Parse(args);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors });
        return parsed.Errors.Count > 0 ? AdminExitCode.Usage : exitCode;
    }
}
