using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>What every page says of the server.</summary>
internal sealed class PageHead(StreamingOptions options, ServerIdentity identity, TimeProvider time)
{
    public string ClusterId => options.ClusterId;

    public string ServerId => identity.Id;

    public DateTimeOffset StartTime => identity.Start;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A list that is left out where it is empty.</summary>
    public static IReadOnlyList<string>? OrNull(IReadOnlyList<string> list) => list.Count == 0 ? null : list;

    public string NowText => GoFormat.Time(Now);
}
