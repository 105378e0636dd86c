using System.Diagnostics;
using Bayou.TestKit;

namespace Bayou.ProcessTests.Administration;

/// <summary>What a run of the program for its command line came to.</summary>
internal sealed record CommandResult(int ExitCode, string Text)
{
    public static async Task<CommandResult> OfAsync(IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(ServerProgram.Path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        string[] texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience.Long);
        return new CommandResult(process.ExitCode, string.Concat(texts));
    }
}
