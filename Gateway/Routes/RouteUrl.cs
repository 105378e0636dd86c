using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bayou.Gateway.Routes;

/// <summary>Where another server listens for routes, and how to log in there: <c>nats://[user:password@]host:port</c>.</summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">Port for routes.</param>
/// <param name="User">User of the route, null for none.</param>
/// <param name="Password">Password of <paramref name="User"/>.</param>
public sealed record RouteUrl(string Host, int Port, string? User = null, string? Password = null)
{
    /// <summary>The port of a URL without one.</summary>
    public const int DefaultPort = 6222;

    /// <summary>Host and port, with brackets about an IPv6 address.</summary>
    public string Address => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads a URL; the scheme may be <c>nats</c>, <c>nats-route</c>, <c>tls</c> or missing.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RouteUrl? url)
    {
        url = null;
        if (string.IsNullOrWhiteSpace(text)) return false;
        string withScheme = text.Contains("://", StringComparison.Ordinal) ? text : "nats://" + text;
        if (!Uri.TryCreate(withScheme, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) return false;
        if (uri.Scheme is not ("nats" or "nats-route" or "tls")) return false;
        string[] login = uri.UserInfo.Length == 0 ? [] : [.. uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString)];
        url = new RouteUrl(uri.Host.Trim('[', ']'), uri.Port > 0 ? uri.Port : DefaultPort, login.ElementAtOrDefault(0), login.ElementAtOrDefault(1));
        return true;
    }

    /// <summary>Without the password, as for a log.</summary>
    public override string ToString() => $"nats-route://{Address}/";
}
