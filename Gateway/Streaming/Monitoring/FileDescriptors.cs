using System.Globalization;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>How many files and sockets this process has open, and may have.</summary>
public readonly record struct FileDescriptors(long OpenCount, long MaxCount)
{
    private const string LimitName = "Max open files";

    /// <summary>As Linux tells it; null elsewhere.</summary>
    public static FileDescriptors? Measure() => OperatingSystem.IsLinux()
        ? new FileDescriptors(Directory.GetFileSystemEntries("/proc/self/fd").Length, ParseSoftLimit(File.ReadLines("/proc/self/limits")))
        : null;

    /// <summary>The first of the two limits in the line; 0 where there is no limit.</summary>
    internal static long ParseSoftLimit(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(LimitName, StringComparison.Ordinal)) ?? string.Empty;
        var soft = line[Math.Min(LimitName.Length, line.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0;
    }
}
