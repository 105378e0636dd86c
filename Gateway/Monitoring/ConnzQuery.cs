using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary>What <c>/connz</c> is asked for.</summary>
internal sealed record ConnzQuery
{
    private const int DefaultLimit = 1024;

    private static readonly string[] SortKeys =
        ["cid", "start", "subs", "pending", "msgs_to", "msgs_from", "bytes_to", "bytes_from", "last", "idle", "uptime", "stop", "reason", "rtt"];

    public string Sort { get; private init; } = "cid";
    public bool WithAuth { get; private init; }
    public bool WithSubjects { get; private init; }
    public bool WithSubscriptionDetail { get; private init; }
    public int Offset { get; private init; }
    public int Limit { get; private init; }
    public ulong Cid { get; private init; }
    public bool WithOpen { get; private init; }
    public bool WithClosed { get; private init; }
    public string? User { get; private init; }
    public string? Account { get; private init; }
    public string? FilterSubject { get; private init; }

    public static ConnzQuery Parse(IQueryCollection query)
    {
        string sort = query["sort"].ToString() is { Length: > 0 } given ? given : "cid";
        if (!SortKeys.Contains(sort)) throw new MonitoringQueryException($"invalid sorting option: {sort}");
        (bool withOpen, bool withClosed) = ParseState(query["state"]);
        if (sort is "stop" or "reason" && !(withClosed && !withOpen)) throw new MonitoringQueryException($"sort by {sort} only valid on closed connections");

        ulong cid = query.GetUlong("cid");
        bool isDetailed = query["subs"] == "detail";
        return new ConnzQuery
        {
            Sort = sort,
            WithAuth = query.GetBool("auth"),
            WithSubscriptionDetail = isDetailed,
            WithSubjects = !isDetailed && query.GetBool("subs"),
            Offset = Math.Max(0, query.GetInt("offset")),
            Limit = cid > 0 ? 1 : query.GetInt("limit") is var limit && limit > 0 ? limit : DefaultLimit,
            Cid = cid,
            WithOpen = withOpen,
            WithClosed = withClosed,
            User = query["user"],
            Account = query["acc"],
            FilterSubject = query["filter_subject"],
        };
    }

    private static (bool WithOpen, bool WithClosed) ParseState(string? state) => state?.ToLowerInvariant() switch
    {
        null or "" or "open" => (true, false),
        "closed" => (false, true),
        "any" or "all" => (true, true),
        _ => throw new MonitoringQueryException($"Error decoding state for {state}"),
    };
}
