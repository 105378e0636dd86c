namespace Bayou.Gateway.Routes;

/// <summary>
/// Decides which connections make up the mesh: one route to each other server, of one cluster. It neither sends nor closes anything.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// Two servers that dial each other at once end with two connections and must drop the same one. Among Bayou servers the connection
/// stays that the server with the smaller id dialed. A NATS server keeps whichever it registered first, so towards one this table
/// does the same; should each side have kept another connection, both are gone and both sides dial again after a pause of random length.
/// </remarks>
internal sealed class RouteTable(string serverId, string serverName, string clusterName, bool isClusterDynamic)
{
    private readonly Dictionary<string, RouteConnection> _byServer = new(StringComparer.Ordinal);

    public string ClusterName { get; private set; } = clusterName;

    /// <summary>Whether the name was not configured.</summary>
    public bool IsClusterDynamic { get; private set; } = isClusterDynamic;

    public IReadOnlyCollection<RouteConnection> Routes => _byServer.Values;

    public RouteConnection? Find(string server) => _byServer.GetValueOrDefault(server);

    /// <summary>A name that was made up gives way to one that was configured, and to a made-up one that is greater.</summary>
    public ClusterMatch MatchCluster(string name, bool isDynamic)
    {
        if (name == ClusterName) return ClusterMatch.Same;
        bool isSmaller = string.CompareOrdinal(ClusterName, name) < 0;
        if (IsClusterDynamic && (!isDynamic || isSmaller))
        {
            (ClusterName, IsClusterDynamic) = (name, isDynamic);
            return ClusterMatch.Adopted;
        }

        return isDynamic ? ClusterMatch.OtherAdopts : ClusterMatch.Conflict;
    }

    /// <summary>Takes a connection in as the route to its server, or says why not.</summary>
    /// <param name="route">The connection, whose server is known.</param>
    /// <param name="other">The other connection to that server: the one that stays, or the one that gives way.</param>
    public RouteVerdict Admit(RouteConnection route, out RouteConnection? other)
    {
        RouteInfo remote = route.Remote ?? throw new InvalidOperationException("A route is admitted when its server is known.");
        other = null;
        if (remote.ServerId == serverId) return RouteVerdict.Self;
        if (!route.IsSolicited && remote.ServerName == serverName) return RouteVerdict.DuplicateName;
        if (_byServer.TryGetValue(remote.ServerId, out other) && !GivesWay(other, route))
        {
            other.IsConfigured |= route.IsConfigured;
            return RouteVerdict.Duplicate;
        }

        if (other is not null)
        {
            other.IsRegistered = false;
            route.IsConfigured |= other.IsConfigured;
        }

        _byServer[remote.ServerId] = route;
        route.IsRegistered = true;
        return RouteVerdict.Registered;
    }

    /// <summary>False where it was no route, or is none any more.</summary>
    public bool Remove(RouteConnection route)
    {
        if (!route.IsRegistered) return false;
        route.IsRegistered = false;
        return _byServer.Remove(route.Remote!.ServerId);
    }

    private bool GivesWay(RouteConnection known, RouteConnection added)
    {
        if (known.IsClosed) return true;
        if (!known.IsBayou || !added.IsBayou || known.IsSolicited == added.IsSolicited) return false;
        bool isOursToDial = string.CompareOrdinal(serverId, added.Remote!.ServerId) < 0;
        return added.IsSolicited == isOursToDial;
    }
}
