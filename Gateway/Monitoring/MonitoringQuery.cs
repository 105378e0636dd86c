using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary>Typed access to the query of a page, with nats-server's words for what cannot be understood.</summary>
internal static class MonitoringQuery
{
    public static int GetInt(this IQueryCollection query, string name, int missing = 0)
    {
        string? text = query[name];
        if (string.IsNullOrEmpty(text)) return missing;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)) return value;
        throw new MonitoringQueryException($"Error decoding int for '{name}': strconv.Atoi: parsing \"{text}\": invalid syntax");
    }

    public static ulong GetUlong(this IQueryCollection query, string name)
    {
        string? text = query[name];
        if (string.IsNullOrEmpty(text)) return 0;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)) return value;
        throw new MonitoringQueryException($"Error decoding uint64 for '{name}': strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    public static bool GetBool(this IQueryCollection query, string name)
    {
        string? text = query[name];
        return text switch
        {
            null or "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            _ => throw new MonitoringQueryException($"Error decoding boolean for '{name}': strconv.ParseBool: parsing \"{text}\": invalid syntax"),
        };
    }
}
