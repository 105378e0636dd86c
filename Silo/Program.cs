using Bayou.Silo;
using Bayou.Silo.Configuration;
using Bayou.Silo.Migration;
using Bayou.Silo.Signals;

if (args is [ImportCommand.Name, .. var rest])
{
    return await ImportCommand.RunAsync(rest, ConfigurationEnvironment.OfProcess(), Console.Out, Console.Error);
}

var loaded = ServerConfiguration.Load(args);
Console.Out.Write(loaded.Output);
Console.Error.Write(loaded.ErrorOutput);
if (loaded.Signal is { } signal)
{
    return SignalSender.Send(signal, Console.Error);
}

return loaded.Options is { } options
    ? await ServerProcess.RunAsync(options, loaded)
    : loaded.ExitCode;
