using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Administration;

/// <summary>Runs of the program as an operator's tool.</summary>
internal static class AdminRun
{
    /// <summary>Runs a command against a server; it must end with <paramref name="exitCode"/>. Returns what it printed.</summary>
    public static async Task<string> OfAsync(ServerProcess server, string command, int exitCode = 0)
    {
        CommandResult result = await CommandResult.OfAsync([.. command.Split(' '), "--server", $"http://127.0.0.1:{server.Launch.MonitoringPort}"]);
        Assert.True(result.ExitCode == exitCode, $"bayou {command}: exit code {result.ExitCode}\n{result.Text}\n{server.Log}");
        return result.Text;
    }
}
