using System.Diagnostics;

namespace Bayou.Load.Reporting;

/// <summary>Clock and counters around the part of a run that is measured.</summary>
public sealed class Meter
{
    private readonly ServerProcesses _processes;
    private readonly TimeSpan _serverCpu;
    private readonly long? _serverWrites;
    private readonly TimeSpan _toolCpu;
    private readonly long _start;

    public Meter(ServerProcesses processes)
    {
        _processes = processes;
        _serverCpu = processes.CpuTime();
        _serverWrites = processes.WriteCalls();
        _toolCpu = Environment.CpuUsage.TotalTime;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>
    /// What one message cost, in CPU of the server and of this tool, for <paramref name="messages"/> messages since the start.
    /// Far less noisy on a shared machine than messages per second.
    /// </summary>
    public IReadOnlyList<Metric> CostPerMessage(long messages)
    {
        List<Metric> metrics = [];
        if (!_processes.IsEmpty)
        {
            metrics.Add(new("server CPU", Microseconds(_processes.CpuTime() - _serverCpu, messages), "us/msg"));
            if (_processes.WriteCalls() - _serverWrites is { } writes)
                metrics.Add(new("server writes", (double)writes / messages, "calls/msg"));
        }

        metrics.Add(new("tool CPU", Microseconds(Environment.CpuUsage.TotalTime - _toolCpu, messages), "us/msg"));
        return metrics;
    }

    private static double Microseconds(TimeSpan time, long messages) => time.TotalMicroseconds / Math.Max(1, messages);
}
