using Bayou.Micro;
using BenchmarkDotNet.Running;

if (args is ["journal"])
{
    JournalRates.Measure();
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
