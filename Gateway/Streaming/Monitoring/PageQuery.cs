using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>Which part of a list a page is asked for. What cannot be understood counts as not given, as in NATS Streaming.</summary>
internal readonly record struct PageQuery(int Offset, int Limit, bool WithSubscriptions)
{
    private const int DefaultLimit = 1024;

    public static PageQuery Parse(IQueryCollection query) => new(
        Math.Max(0, Number(query, "offset")),
        Number(query, "limit") is var limit and > 0 ? limit : DefaultLimit,
        Text(query, "subs") == "1");

    /// <summary>The first value of that name; null where there is none or an empty one.</summary>
    public static string? Text(IQueryCollection query, string name) =>
        query[name] is [{ Length: > 0 } first, ..] ? first : null;

    private static int Number(IQueryCollection query, string name) =>
        int.TryParse(Text(query, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
