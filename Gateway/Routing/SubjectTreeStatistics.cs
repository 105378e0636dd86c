namespace Bayou.Gateway.Routing;

/// <summary>The figures of <c>/subsz</c>.</summary>
internal sealed record SubjectTreeStatistics(
    int Count, int CachedCount, long InsertCount, long RemoveCount, long MatchCount, double CacheHitRate, int MaxFanOut, double AverageFanOut);
