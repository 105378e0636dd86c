using System.Diagnostics;
using System.Numerics;

namespace Bayou.Load.Reporting;

/// <summary>
/// Latencies in nanoseconds in buckets that are at most 0.8 % wide: 128 for each power of two. Recording allocates nothing.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits + 1) * SubCount];
    private long _total;
    private long _max;

    /// <summary>Records the time since <paramref name="startTimestamp"/> of <see cref="Stopwatch"/>.</summary>
    public void RecordSince(long startTimestamp) =>
        Record((long)Stopwatch.GetElapsedTime(startTimestamp).TotalNanoseconds);

    public void Record(long nanoseconds)
    {
        _counts[BucketOf(nanoseconds)]++;
        _total++;
        _max = Math.Max(_max, nanoseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        _total += other._total;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>The latency that <paramref name="fraction"/> of all did not exceed, in microseconds.</summary>
    public double Percentile(double fraction)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(fraction * _total));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(UpperBoundOf(i), _max) / 1000.0;
        }

        return 0;
    }

    /// <summary>p50, p90, p99, p99.9 and maximum, in microseconds.</summary>
    public IEnumerable<Metric> ToMetrics() =>
    [
        new("p50", Percentile(0.5), "us"),
        new("p90", Percentile(0.9), "us"),
        new("p99", Percentile(0.99), "us"),
        new("p99.9", Percentile(0.999), "us"),
        new("max", _max / 1000.0, "us"),
    ];

    // Below 128 a bucket per value; above, the top eight bits of the value choose the bucket.
    private static int BucketOf(long value)
    {
        if (value < SubCount)
            return (int)Math.Max(0, value);
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)(value >> shift) - SubCount;
    }

    private static long UpperBoundOf(int bucket)
    {
        if (bucket < SubCount)
            return bucket;
        int shift = (bucket >> SubBits) - 1;
        long top = (bucket & (SubCount - 1)) + SubCount;
        return ((top + 1) << shift) - 1;
    }
}
