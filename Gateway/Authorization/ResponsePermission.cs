namespace Bayou.Gateway.Authorization;

/// <summary>How a client may answer a request that it received, at a subject where it may not publish otherwise.</summary>
public sealed record ResponsePermission
{
    /// <summary>Answers to one request; negative for no limit. Default 1.</summary>
    public int MaxMessages { get; init; } = 1;

    /// <summary>How long after the request; negative for no limit. Default 2 minutes.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromMinutes(2);
}
