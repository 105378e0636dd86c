using Bayou.Gateway;
using Bayou.Storage;

namespace Bayou.Silo;

/// <summary>
/// Divides the files that the process may have open, sockets among them, between segments, connections and the rest, so that none
/// takes what another needs. A store that cannot open a file stops the process, and a runtime that cannot open a library ends it.
/// </summary>
internal sealed record FileBudget(int Segments, int Connections)
{
    /// <summary>
    /// The libraries, which the runtime holds open, two descriptors each, and which make some 230 when a server alone is ready; the journal;
    /// the links and the membership of a cluster.
    /// </summary>
    private const int Rest = 384;

    private const int FewestConnections = 16;

    /// <summary>Of a process that may have <paramref name="limit"/> files open; 0 for any number.</summary>
    public static FileBudget Of(long limit)
    {
        var wanted = new StorageOptions().MaxOpenSegments;
        if (limit <= 0)
        {
            return new FileBudget(wanted, int.MaxValue);
        }

        var segments = (int)Math.Clamp(limit / 8, 1, wanted);
        return new FileBudget(segments, (int)Math.Clamp(limit - segments - Rest, FewestConnections, int.MaxValue));
    }

    /// <summary>The options with this limit; what the operator should know, if it is less than what was asked for.</summary>
    public GatewayOptions Apply(GatewayOptions options, out string? warning)
    {
        var limited = options with { MaxSockets = Connections };
        var isTooMuch = options.MaxConnections > Connections && options.MaxConnections != new GatewayOptions().MaxConnections;
        warning = isTooMuch
            ? $"max_connections is {options.MaxConnections}, and the process may have too few files open for so many: "
                + $"some {Connections} connections are accepted at a time; raise the limit (ulimit -n, or LimitNOFILE of systemd)"
            : null;
        return limited;
    }
}
