using Bayou.ClusterTests.Command;

return ClusterCommand.Handles(args)
    ? await ClusterCommand.InvokeAsync(args)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
