using Bayou.Mutants;
using Bayou.Simulation.Command;

return SimulationCommand.Handles(args)
    ? SimulationCommand.Invoke(args, new WovenMutants())
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
