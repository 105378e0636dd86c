using System.Collections.Concurrent;

namespace Bayou.Gateway.Monitoring;

/// <summary>How often each page was asked for.</summary>
internal sealed class RequestCounter
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Count(string path) => _counts.AddOrUpdate(path, 1, static (_, count) => count + 1);

    public IReadOnlyDictionary<string, long> Snapshot() => new SortedDictionary<string, long>(_counts.ToDictionary(), StringComparer.Ordinal);
}
