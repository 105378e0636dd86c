using Bayou.Silo;
using Bayou.Silo.Administration;
using Bayou.Silo.Configuration;
using Bayou.Silo.Migration;
using Bayou.Silo.Signals;

if (AdminCommand.Handles(args))
{
    return await AdminCommand.RunAsync(args, Console.Out, Console.Error);
}

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

SocketThreads.Prepare();
return loaded.Options is { } options
    ? await ServerProcess.RunAsync(options, loaded, () => ServerConfiguration.Load(args))
    : loaded.ExitCode;
