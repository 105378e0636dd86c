using Bayou.Mutants.Weaver;

if (args is not [var faults, var sources, var output, .. var projects] || projects.Length == 0)
{
    Console.Error.WriteLine("usage: Weaver <folder of faults> <root of the sources> <output folder> <project folder>...");
    return 2;
}

try
{
    SourceWeaver.Weave(faults, sources, projects, output);
    return 0;
}
catch (FaultException e)
{
    Console.Error.WriteLine($"{e.Path}({e.Line}): error MUTANT: {e.Message}");
    return 1;
}
