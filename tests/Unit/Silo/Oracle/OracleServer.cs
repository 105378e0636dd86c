using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Bayou.Unit.Silo.Oracle;

/// <summary>The nats-server of this machine, asked whether it would start with a file.</summary>
internal static class OracleServer
{
    private const string Program = "nats-server";

    /// <summary>Skips the running test, with a reason, where there is no nats-server.</summary>
    public static void Require()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, "-v") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{Program} is not installed, so nothing was compared with it.");
        }
    }

    /// <summary>Tests a configuration file; null where it is valid, else what it complains about.</summary>
    public static string? Complaint(string file)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, ["-t", "-c", file]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : errors.GetAwaiter().GetResult();
    }
}
