using System.CommandLine;
using Bayou.Load;
using Bayou.Load.Scenarios;
using Bayou.Load.Verbs;

var root = new RootCommand("Loads a NATS, NATS Streaming or JetStream server, checks every message, and prints what it measured.");
foreach (var scenario in ScenarioCatalog.All())
    root.Subcommands.Add(ScenarioVerb.Create(scenario));
foreach (var command in new[] { CompareVerb.Create(), DiskVerb.Create(), ConnectVerb.Create(), ChannelsVerb.Create() })
    root.Subcommands.Add(command);

try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (LoadException exception)
{
    Console.Error.WriteLine($"FAILED: {exception.Message}");
    return 1;
}
