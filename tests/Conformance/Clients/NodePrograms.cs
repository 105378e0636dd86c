using Bayou.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(Bayou.Conformance.Clients.NodePrograms))]

namespace Bayou.Conformance.Clients;

/// <summary>Runs the programs beside this file with node, against clients from the npm registry.</summary>
public sealed class NodePrograms
{
    /// <summary>Runs one scenario against a server, with more variables if it needs them; what it writes is the reason of a failure.</summary>
    public async Task RunAsync(string program, string scenario, int port, params (string Name, string Value)[] environment)
    {
        if (!NodePackages.CanInstall) Assert.Skip("node and npm are not installed; clients in JavaScript are not tested here.");
        await NodePackages.EnsureAsync();
        (int exitCode, string output) = await Programs.TryAsync(["env", .. environment.Select(static one => $"{one.Name}={one.Value}"), "node", program, scenario, port.ToString()], NodePackages.Folder);
        Assert.True(exitCode == 0, $"{program} {scenario}:\n{output}");
    }
}
