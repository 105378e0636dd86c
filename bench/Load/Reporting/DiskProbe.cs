using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bayou.Load.Reporting;

/// <summary>
/// Appends blocks to a file and makes each durable with <c>fdatasync</c>: what the disk alone costs a synchronous publish.
/// The system call is made directly, because the runtime's own flush does not report a failed one.
/// </summary>
public static partial class DiskProbe
{
    public static RunResult Run(string directory, int count, int sizeBytes)
    {
        string path = Path.Combine(directory, $"bayou-load-{Guid.NewGuid():N}.tmp");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        byte[] block = new byte[sizeBytes];
        Random.Shared.NextBytes(block);

        var latency = new LatencyHistogram();
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, (long)i * sizeBytes);
            Sync(file);
            latency.RecordSince(start);
        }

        double rate = count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new RunResult([new("synced appends", rate, "1/s"), .. latency.ToMetrics()]);
    }

    private static void Sync(SafeFileHandle file)
    {
        if (FDataSync(file) != 0)
            throw new LoadException($"fdatasync failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);
}
