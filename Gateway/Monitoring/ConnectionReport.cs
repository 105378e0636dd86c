using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Monitoring;

/// <summary>One connection in <c>/connz</c>.</summary>
internal sealed record ConnectionReport
{
    public ulong Cid { get; init; }
    public string Kind { get; init; } = "Client";
    public string Type { get; init; } = "nats";
    public required string Ip { get; init; }
    public int Port { get; init; }
    public required string Start { get; init; }
    public required string LastActivity { get; init; }
    public string? Stop { get; init; }
    public string? Reason { get; init; }
    public required string Rtt { get; init; }
    public required string Uptime { get; init; }
    public required string Idle { get; init; }
    public long PendingBytes { get; init; }
    public long InMsgs { get; init; }
    public long OutMsgs { get; init; }
    public long InBytes { get; init; }
    public long OutBytes { get; init; }
    public int Subscriptions { get; init; }
    public string? Name { get; init; }
    public string? Lang { get; init; }
    public string? Version { get; init; }
    public string? TlsVersion { get; init; }
    public string? TlsCipherSuite { get; init; }
    public string? AuthorizedUser { get; init; }
    public string? Account { get; init; }
    public IReadOnlyList<string>? SubscriptionsList { get; init; }
    public IReadOnlyList<SubscriptionReport>? SubscriptionsListDetail { get; init; }

    public static ConnectionReport Of(ConnectionView view, DateTimeOffset now, bool withAuth) => new()
    {
        Cid = view.Id.Value,
        Ip = view.RemoteEndPoint?.Address.ToString() ?? "",
        Port = view.RemoteEndPoint?.Port ?? 0,
        Start = GoFormat.Time(view.Statistics.Start),
        LastActivity = GoFormat.Time(view.Statistics.LastActivity),
        Stop = view.Reason is null ? null : GoFormat.Time(view.EndOr(now)),
        Reason = view.Reason is { } reason ? ClosedReasons.Text(reason) : null,
        Rtt = GoFormat.Duration(view.Statistics.RoundTripTime),
        Uptime = GoFormat.Uptime(view.UptimeAt(now)),
        Idle = GoFormat.Uptime(view.IdleAt(now)),
        PendingBytes = view.PendingBytes,
        InMsgs = view.Totals.InMessageCount,
        OutMsgs = view.Totals.OutMessageCount,
        InBytes = view.Totals.InBytes,
        OutBytes = view.Totals.OutBytes,
        Subscriptions = view.SubscriptionCount,
        Name = NullIfEmpty(view.Options.Name),
        Lang = NullIfEmpty(view.Options.Language),
        Version = NullIfEmpty(view.Options.Version),
        TlsVersion = view.Encryption?.VersionText,
        TlsCipherSuite = view.Encryption?.CipherSuite?.ToString(),
        AuthorizedUser = withAuth ? NullIfEmpty(view.Options.Login) : null,
        Account = withAuth ? ConnzPage.Account : null,
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
