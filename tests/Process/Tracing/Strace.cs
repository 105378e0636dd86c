using System.Diagnostics;
using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Tracing;

/// <summary>The system call tracer of Linux, which shows what the server asked the kernel to do, and can make it fail.</summary>
internal static class Strace
{
    private const string Program = "/usr/bin/strace";

    /// <summary>A launch under the tracer; the test is skipped where there is none.</summary>
    public static ServerLaunch Trace(string directory, string output, string calls, string? inject = null, int shownBytes = 262144)
    {
        Require();
        string[] injection = inject is null ? [] : ["-e", "inject=" + inject];
        return new ServerLaunch
        {
            Directory = directory,
            Wrapper = [Program, "-f", "--seccomp-bpf", "-y", "-s", $"{shownBytes}", "-o", output, "-e", "trace=" + calls, .. injection],
        };
    }

    /// <summary>A launch in which a call on one file fails: the one of this number that a thread makes.</summary>
    public static ServerLaunch FailStarting(string directory, string output, string call, string path, int number)
    {
        Require();
        return new ServerLaunch { Directory = directory, Wrapper = [Program, .. FailureOptions(output, call, path, number)] };
    }

    /// <summary>The same for a server that runs, counted from now on. Returns once the tracer is at work.</summary>
    public static async Task<Process> FailRunningAsync(int processId, string output, string call, string path)
    {
        Require();
        Process tracer = Process.Start(new ProcessStartInfo(Program, [.. FailureOptions(output, call, path, number: 1), "-p", $"{processId}"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        while (await tracer.StandardError.ReadLineAsync().WaitAsync(Patience.Long) is { } line)
        {
            if (line.Contains("attached", StringComparison.Ordinal)) return tracer;
        }

        throw new InvalidOperationException($"strace could not attach to process {processId}.");
    }

    private static void Require()
    {
        if (!File.Exists(Program)) Assert.Skip("strace is not installed; without it this guarantee is not tested here.");
    }

    private static string[] FailureOptions(string output, string call, string path, int number) =>
        ["-f", "-y", "-o", output, "-P", path, "-e", $"trace={call}", "-e", $"inject={call}:error=EIO:when={number}"];
}
