using Bayou.Simulation.Command;

return SimulationCommand.Handles(args)
    ? SimulationCommand.Invoke(args, new NoMutants())
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
