using Bayou.Silo;
using Bayou.Silo.Configuration;

var loaded = ServerConfiguration.Load(args);
Console.Out.Write(loaded.Output);
Console.Error.Write(loaded.ErrorOutput);
return loaded.Options is { } options
    ? await ServerProcess.RunAsync(options, loaded)
    : loaded.ExitCode;
