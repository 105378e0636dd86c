using System.Diagnostics;

namespace Bayou.TestKit;

/// <summary>Programs of the machine, run to their end.</summary>
public static class Programs
{
    /// <summary>Whether a program is on the path, or where the administrator's programs are.</summary>
    public static bool Have(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a command that must succeed; returns what it wrote.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, string? folder = null)
    {
        (int exitCode, string output) = await TryAsync(command, folder);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {exitCode}\n{output}");
    }

    /// <summary>Runs a command; what it wrote on either output is one text.</summary>
    public static async Task<(int ExitCode, string Output)> TryAsync(IReadOnlyList<string> command, string? folder = null)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(2 * Patience.Long);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
