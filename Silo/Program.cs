using Bayou.Silo;
using Bayou.Silo.Configuration;
using Bayou.Silo.Signals;

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
