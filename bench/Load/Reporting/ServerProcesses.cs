using System.Globalization;
using System.Runtime.InteropServices;

namespace Bayou.Load.Reporting;

/// <summary>The processes of a server (three for a cluster), read through /proc. Empty when no process id was given.</summary>
public sealed partial class ServerProcesses(IReadOnlyList<int> processIds)
{
    private static readonly double TicksPerSecond = SysConf(ClockTicks);

    // The number of _SC_CLK_TCK on Linux.
    private const int ClockTicks = 2;

    public bool IsEmpty => processIds.Count == 0;

    /// <summary>CPU time used so far, user and system, of all processes. Linux counts it in steps of 10 ms.</summary>
    public TimeSpan CpuTime() => TimeSpan.FromSeconds(processIds.Sum(CpuTicksOf) / TicksPerSecond);

    /// <summary>Write system calls so far (write, writev and their kin; not send), or null where /proc does not let us read them.</summary>
    public long? WriteCalls()
    {
        try
        {
            return processIds.Sum(id => FieldOf($"/proc/{id}/io", "syscw:"));
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Resident memory of all processes, in bytes.</summary>
    public long ResidentBytes() => processIds.Sum(id => FieldOf($"/proc/{id}/status", "VmRSS:") * 1024);

    private static long CpuTicksOf(int id)
    {
        string stat = Read($"/proc/{id}/stat");
        // The second field is the program's name in parentheses and may hold spaces; user and system time are 12 and 13 after it.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static long FieldOf(string path, string name)
    {
        string line = Read(path).Split('\n').FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal))
            ?? throw new LoadException($"{path} has no {name} line.");
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException exception)
        {
            throw new LoadException($"Cannot read {path}: is the process id right?", exception);
        }
    }

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial long SysConf(int name);
}
