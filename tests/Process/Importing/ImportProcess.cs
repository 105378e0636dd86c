using System.Diagnostics;
using Bayou.TestKit;

namespace Bayou.ProcessTests.Importing;

/// <summary>A run of <c>bayou import</c>.</summary>
internal sealed record ImportProcess(int ExitCode, string Output, string Error)
{
    private const string KeyVariable = "NATS_STREAMING_ENCRYPTION_KEY";

    /// <summary>Imports a store into a directory.</summary>
    /// <param name="store">What is imported.</param>
    /// <param name="configuration">The configuration of the server that will run on it.</param>
    /// <param name="target">Directory to create.</param>
    /// <param name="key">The encryption key in the environment; null for none.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<ImportProcess> RunAsync(SampleStore store, string configuration, string target, string? key = null, params string[] flags) =>
        RunAsync(key, ["--from", store.Directory, .. store.RaftLog is { } log ? ["--raft-log", log] : Array.Empty<string>(), "-sc", configuration, "-dir", target, .. flags]);

    public static async Task<ImportProcess> RunAsync(string? key, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ServerProgram.Path, ["import", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment.Remove(KeyVariable);
        if (key is not null) start.Environment[KeyVariable] = key;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience.Long);
        return new ImportProcess(process.ExitCode, await output, await error);
    }
}
