using System.Diagnostics;
using Bayou.Load.Reporting;

namespace Bayou.Load.Verbs;

/// <summary>Prints the server's resident memory at the moments that matter.</summary>
public sealed class MemoryLog(ServerProcesses processes)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Print(string moment)
    {
        string memory = processes.IsEmpty ? "" : $", server uses {processes.ResidentBytes() / 1048576.0:F1} MiB";
        Console.Out.WriteLine($"{Stopwatch.GetElapsedTime(_start).TotalSeconds,8:F2} s  {moment}{memory}");
    }
}
