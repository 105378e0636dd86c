using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Routes;

/// <summary>
/// This server's place among the servers of its cluster: a route to each, over which they tell each other who they are, whom they
/// know, what they want, and where clients may connect.
/// </summary>
public sealed partial class RouteMesh
{
    private readonly Lock _gate = new();
    private readonly ClusterOptions _options;
    private readonly ServerIdentity _identity;
    private readonly AdvertisedAddresses _addresses;
    private readonly CurrentSettings _gateway;
    private readonly LocalInterest _interest;
    private readonly ClientUrls _clientUrls;
    private readonly IRouteInfoExtension? _extension;
    private readonly ILogger<RouteMesh> _logger;
    private readonly RouteTable _table;
    private readonly Dictionary<string, TaskCompletionSource> _awaitedLosses = new(StringComparer.Ordinal);
    private bool _isLameDuck;

    internal RouteMesh(
        CurrentSettings gateway,
        ClusterOptions options,
        ServerIdentity identity,
        AdvertisedAddresses addresses,
        LocalInterest interest,
        ClientUrls clientUrls,
        IRouteInfoExtension? extension,
        ILogger<RouteMesh> logger)
    {
        _options = options;
        _identity = identity;
        _addresses = addresses;
        _gateway = gateway;
        _interest = interest;
        _clientUrls = clientUrls;
        _extension = extension;
        _logger = logger;
        _table = new RouteTable(identity.Id, identity.Name, options.Name ?? ServerIdentity.NewName(), isClusterDynamic: options.Name is null);
    }

    /// <summary>
    /// Whether this server answers what clients of NATS servers of the cluster ask of its streaming side. One Bayou server of a
    /// cluster should. Default false.
    /// </summary>
    public bool ServesForeignServers
    {
        get;
        set
        {
            lock (_gate)
            {
                field = value;
                foreach (RouteConnection route in _table.Routes.Where(static route => !route.IsBayou)) _interest.Serve(route, value);
            }
        }
    }

    /// <summary>The name of the cluster, which may change while servers without a configured name agree on one.</summary>
    public string ClusterName
    {
        get
        {
            lock (_gate) return _table.ClusterName;
        }
    }

    /// <summary>Whether the name was not configured.</summary>
    public bool IsClusterNameDynamic
    {
        get
        {
            lock (_gate) return _table.IsClusterDynamic;
        }
    }

    /// <summary>Raised when there is a route to one more server. Handlers must neither block nor throw.</summary>
    public event Action? Grown;

    /// <summary>Dials a server that another one has told of.</summary>
    internal event Action<RouteUrl>? ServerHeardOf;

    internal bool IsAuthRequired => _options.User is not null;

    /// <summary>The routes there are.</summary>
    internal RouteConnection[] Routes
    {
        get
        {
            lock (_gate) return [.. _table.Routes];
        }
    }

    /// <summary>Tells every server again about this one, after what <see cref="IRouteInfoExtension.Describe"/> says has changed.</summary>
    public void Announce()
    {
        lock (_gate)
        {
            byte[] line = Describe().ToLine();
            foreach (RouteConnection route in _table.Routes) route.Send(line);
        }
    }

    /// <summary>What this server says first on a route.</summary>
    internal byte[] Greet(RouteConnection route)
    {
        lock (_gate)
        {
            byte[] info = Describe().ToLine();
            return route.DialedUrl is { } url ? [.. LogIn(url).ToLine(), .. info] : info;
        }
    }

    /// <summary>The server that dialed has logged in.</summary>
    internal ProtocolError OnConnect(RouteConnection route, RouteConnect connect)
    {
        if (!string.IsNullOrEmpty(connect.Language)) return Reject(route, "attempted to connect to route port", ClosedReason.WrongPort);
        return JoinCluster(route, connect.Cluster ?? "", connect.IsClusterDynamic);
    }

    /// <summary>A server has said who it is, what has changed, or whom it has met.</summary>
    internal ProtocolError OnInfo(RouteConnection route, RouteInfo info)
    {
        if (route.Remote is null) return OnFirstInfo(route, info);
        if (info.ServerId != route.Remote.ServerId) OnHeardOf(info);
        else OnChanged(route, info);
        return ProtocolError.None;
    }

    /// <summary>A route or would-be route has ended.</summary>
    internal void OnClosed(RouteConnection route)
    {
        _interest.Leave(route);
        lock (_gate)
        {
            if (!_table.Remove(route)) return;
            if (route.IsBayou) _extension?.OnPeerLost(route.Peer);
            if (_awaitedLosses.Remove(route.Remote!.ServerId, out TaskCompletionSource? lost)) lost.SetResult();
        }

        if (!_options.NoAdvertise) _clientUrls.Remove(route.Remote!.ConnectUrls);
    }

    /// <summary>Completes when there is no route to a server.</summary>
    internal Task WhenLostAsync(string serverId)
    {
        lock (_gate)
        {
            if (_table.Find(serverId) is null) return Task.CompletedTask;
            if (!_awaitedLosses.TryGetValue(serverId, out TaskCompletionSource? lost))
            {
                _awaitedLosses[serverId] = lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return lost.Task;
        }
    }

    /// <summary>Tells the other servers that this one's clients will leave, so that they send theirs elsewhere.</summary>
    internal void EnterLameDuck()
    {
        lock (_gate) _isLameDuck = true;
        Announce();
    }

    private ProtocolError OnFirstInfo(RouteConnection route, RouteInfo info)
    {
        if (info.ServerId == _identity.Id)
        {
            route.Remote = info;
            LogSelf(_logger, route);
            return Drop(route, ClosedReason.DuplicateRoute);
        }

        if (info.Cluster is { Length: > 0 } cluster && JoinCluster(route, cluster, info.IsClusterDynamic) is var refusal and not ProtocolError.None) return refusal;
        route.Remote = info;
        RouteConnection? other;
        RouteConnection[] known;
        RouteVerdict verdict;
        lock (_gate)
        {
            known = [.. _table.Routes];
            verdict = _table.Admit(route, out other);
            if (verdict == RouteVerdict.Registered) Join(route, other);
        }

        switch (verdict)
        {
            case RouteVerdict.Registered:
                LogRegistered(_logger, route, info.ServerId);
                LogInterestSent(_logger, route);
                other?.CloseAfterFlush(ClosedReason.DuplicateRoute);
                if (other is null) Introduce(route, info, known);
                Grown?.Invoke();
                return ProtocolError.None;
            case RouteVerdict.DuplicateName:
                LogDuplicateName(_logger, route, info.ServerName);
                return Drop(route, ClosedReason.DuplicateServerName);
            default:
                LogDuplicate(_logger, route, info.ServerId);
                return Drop(route, ClosedReason.DuplicateRoute);
        }
    }

    /// <summary>Under the lock: from here on the two servers tell each other what their clients want.</summary>
    private void Join(RouteConnection route, RouteConnection? replaced)
    {
        if (replaced is not null) _interest.Leave(replaced);
        route.IsServed = ServesForeignServers && !route.IsBayou;
        _interest.Join(route);
        if (route.Remote!.Bayou is { } description) _extension?.OnPeer(route.Peer, description);
    }

    /// <summary>Tells the servers that were known before about the new one, and clients where else they may go.</summary>
    private void Introduce(RouteConnection route, RouteInfo info, RouteConnection[] known)
    {
        byte[] line = (info with { Ip = info.Ip ?? new RouteUrl(route.RemoteEndPoint?.Address.ToString() ?? info.Host, info.Port).ToString() }).ToLine();
        foreach (RouteConnection other in known) other.Send(line);
        if (!_options.NoAdvertise) _clientUrls.Add(info.ConnectUrls);
    }

    private void OnHeardOf(RouteInfo info)
    {
        lock (_gate)
        {
            if (info.ServerId == _identity.Id || _table.Find(info.ServerId) is not null) return;
            bool isConfigured = _options.Routes.Any(url => url.Port == info.Port && string.Equals(url.Host, info.Host, StringComparison.OrdinalIgnoreCase));
            if (isConfigured) return;
        }

        if (!RouteUrl.TryParse(info.Ip, out RouteUrl? heardOf))
        {
            LogBadUrl(_logger, info.ServerId, info.Ip);
            return;
        }

        ServerHeardOf?.Invoke(info.AuthRequired ? heardOf with { User = _options.User, Password = _options.Password } : heardOf);
    }

    private void OnChanged(RouteConnection route, RouteInfo info)
    {
        IReadOnlyList<string>? before;
        IReadOnlyList<string>? now = info.IsLameDuck ? null : info.ConnectUrls;
        lock (_gate)
        {
            before = route.Remote!.ConnectUrls;
            route.Remote = info with { ConnectUrls = now };
            if (route.IsRegistered && info.Bayou is { } description) _extension?.OnPeer(route.Peer, description);
        }

        if (!_options.NoAdvertise && !(before ?? []).SequenceEqual(now ?? [])) _clientUrls.Replace(before, now);
    }

    private ProtocolError JoinCluster(RouteConnection route, string name, bool isDynamic)
    {
        RouteConnection[] others = [];
        string ours;
        lock (_gate)
        {
            ours = _table.ClusterName;
            switch (_table.MatchCluster(name, isDynamic))
            {
                case ClusterMatch.Same or ClusterMatch.OtherAdopts:
                    return ProtocolError.None;
                case ClusterMatch.Conflict:
                    LogOtherCluster(_logger, route, name, ours);
                    return Reject(route, $"Rejecting connection, cluster name \"{name}\" does not match \"{ours}\"", ClosedReason.ClusterNameConflict);
                default:
                    others = [.. _table.Routes.Where(other => other != route)];
                    break;
            }
        }

        LogAdopted(_logger, name, ours);
        foreach (RouteConnection other in others) other.CloseAfterFlush(ClosedReason.ClusterNameConflict);
        return ProtocolError.None;
    }

    private RouteInfo Describe() => new()
    {
        ServerId = _identity.Id,
        ServerName = _identity.Name,
        Version = ServerIdentity.NatsVersion,
        Protocol = RouteInfo.AccountProtocol,
        Runtime = ServerIdentity.Runtime,
        Host = _addresses.Cluster.Host,
        Port = _addresses.Cluster.Port,
        Headers = true,
        AuthRequired = IsAuthRequired,
        MaxPayloadBytes = _gateway.Options.MaxPayloadBytes,
        Ip = _addresses.ClusterAdvertise is { } advertised ? new RouteUrl(advertised.Host, advertised.Port).ToString() : null,
        Cluster = _table.ClusterName,
        IsClusterDynamic = _table.IsClusterDynamic,
        ConnectUrls = _options.NoAdvertise ? null : _clientUrls.Own,
        IsLameDuck = _isLameDuck,
        Bayou = DescribeBayou(),
    };

    private JsonElement DescribeBayou()
    {
        JsonObject description = _extension?.Describe() ?? [];
        description["version"] = ServerIdentity.BayouVersion;
        return JsonSerializer.SerializeToElement(description, RouteJson.Default.JsonObject);
    }

    private RouteConnect LogIn(RouteUrl url) => new()
    {
        User = url.User,
        Password = url.Password,
        Headers = true,
        Name = _identity.Id,
        Cluster = _table.ClusterName,
        IsClusterDynamic = _table.IsClusterDynamic,
    };

    private static ProtocolError Reject(RouteConnection route, string reason, ClosedReason closed)
    {
        route.Send(Encoding.UTF8.GetBytes($"-ERR '{reason}'\r\n"));
        return Drop(route, closed);
    }

    private static ProtocolError Drop(RouteConnection route, ClosedReason reason)
    {
        route.CloseAfterFlush(reason);
        return ProtocolError.Rejected;
    }
}
