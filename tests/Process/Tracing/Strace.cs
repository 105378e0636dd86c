using Bayou.TestKit;
using Xunit;

namespace Bayou.ProcessTests.Tracing;

/// <summary>The system call tracer of Linux, which shows what the server asked the kernel to do, and can make it fail.</summary>
internal static class Strace
{
    private const string Program = "/usr/bin/strace";

    /// <summary>A launch under the tracer; the test is skipped where there is none.</summary>
    public static ServerLaunch Trace(string directory, string output, string calls, string? inject = null)
    {
        if (!File.Exists(Program)) Assert.Skip("strace is not installed; without it this guarantee is not tested here.");
        string[] injection = inject is null ? [] : ["-e", "inject=" + inject];
        return new ServerLaunch
        {
            Directory = directory,
            Wrapper = [Program, "-f", "--seccomp-bpf", "-y", "-s", "262144", "-o", output, "-e", "trace=" + calls, .. injection],
        };
    }
}
