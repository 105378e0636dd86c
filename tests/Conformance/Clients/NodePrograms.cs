using System.Diagnostics;
using System.Reflection;
using Bayou.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(Bayou.Conformance.Clients.NodePrograms))]

namespace Bayou.Conformance.Clients;

/// <summary>Runs the programs beside this file with node, against clients from the npm registry that are installed when they are missing.</summary>
public sealed class NodePrograms
{
    private readonly Lazy<Task> _installed = new(InstallAsync);

    /// <summary>The sources' own folder, since npm installs into it. A path that the compiler gives is not one that exists.</summary>
    private static string Folder { get; } = typeof(NodePrograms).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "ClientPrograms")
        .Value!;

    /// <summary>Runs one scenario against a server; what it writes is the reason of a failure.</summary>
    public async Task RunAsync(string program, string scenario, int port)
    {
        if (!IsInstalled("node") || !IsInstalled("npm")) Assert.Skip("node and npm are not installed; clients in JavaScript are not tested here.");
        await _installed.Value;
        (int exitCode, string output) = await StartAsync("node", program, scenario, port.ToString());
        Assert.True(exitCode == 0, $"{program} {scenario}:\n{output}");
    }

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules", "nats"))) return;
        (int exitCode, string output) = await StartAsync("npm", "ci", "--no-audit", "--no-fund");
        Assert.True(exitCode == 0, $"npm ci:\n{output}");
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
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

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
