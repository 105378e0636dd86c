using System.Globalization;

namespace Bayou.Gateway;

/// <summary>A host and a port, as clients and servers are told them.</summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">Port.</param>
public readonly record struct HostPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c> or <c>host</c>; IPv6 addresses stand in brackets where a port follows.</summary>
    /// <param name="text">What to read.</param>
    /// <param name="defaultPort">The port where none is given, or 0 or -1.</param>
    /// <param name="hostPort">The result.</param>
    public static bool TryParse(string text, int defaultPort, out HostPort hostPort)
    {
        hostPort = default;
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']');
        int port = 0;
        if (hasPort && !int.TryParse(text[(colon + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out port)) return false;
        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (host.Length == 0 || port is < -1 or > ushort.MaxValue) return false;
        hostPort = new HostPort(host, port > 0 ? port : defaultPort);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
