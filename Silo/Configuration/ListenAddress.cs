using System.Globalization;

namespace Bayou.Silo.Configuration;

/// <summary>What <c>listen</c> and <c>http</c> take: a port alone, or <c>host:port</c> with an IPv6 host in brackets.</summary>
/// <param name="Host">Null where only a port was given.</param>
/// <param name="Port">-1 stands for any port.</param>
public readonly record struct ListenAddress(string? Host, int Port)
{
    public static bool TryParse(string text, out ListenAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !TryParsePort(text[(colon + 1)..], out var port))
            return false;

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            return false;
        address = new ListenAddress(host, port);
        return true;
    }

    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out port) && port is >= -1 and <= 65535;
}
