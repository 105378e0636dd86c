using System.CommandLine;
using Bayou.Load;
using Bayou.Load.Scenarios;

var root = new RootCommand("Loads a NATS, NATS Streaming or JetStream server, checks every message, and prints what it measured.");
foreach (var scenario in ScenarioCatalog.All())
    root.Subcommands.Add(ScenarioVerb.Create(scenario));

try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (LoadException exception)
{
    Console.Error.WriteLine($"FAILED: {exception.Message}");
    return 1;
}
