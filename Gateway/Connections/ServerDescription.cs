using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Connections;

/// <summary>What clients are told about this server and its cluster: when they connect, and again when it has changed.</summary>
internal sealed class ServerDescription
{
    private readonly GatewayOptions _options;
    private readonly ServerIdentity _identity;
    private readonly AdvertisedAddresses _addresses;
    private readonly ConnectionRegistry _registry;
    private readonly ClientUrls _urls;
    private readonly RouteMesh? _mesh;
    private readonly bool _isAuthRequired;
    private long _version;
    private volatile bool _isLameDuck;

    public ServerDescription(
        GatewayOptions options,
        ServerIdentity identity,
        AdvertisedAddresses addresses,
        ConnectionRegistry registry,
        Authenticator authenticator,
        ClientUrls urls,
        RouteMesh? mesh)
    {
        _options = options;
        _identity = identity;
        _addresses = addresses;
        _registry = registry;
        _urls = urls;
        _mesh = mesh;
        _isAuthRequired = authenticator.IsRequired;
        urls.Changed += Announce;
    }

    /// <summary>Grows with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The INFO line for one client.</summary>
    public byte[] LineFor(ClientConnection client) => new ServerInfo
    {
        ServerId = _identity.Id,
        ServerName = _identity.Name,
        Version = ServerIdentity.NatsVersion,
        BayouVersion = ServerIdentity.BayouVersion,
        Runtime = ServerIdentity.Runtime,
        Host = _addresses.Client.Host,
        Port = _addresses.Client.Port,
        AuthRequired = _isAuthRequired,
        MaxPayloadBytes = _options.MaxPayloadBytes,
        ClientId = client.Id.Value,
        ClientIp = client.RemoteEndPoint?.Address.ToString(),
        Cluster = _mesh?.ClusterName,
        IsClusterDynamic = _mesh is { IsClusterNameDynamic: true },
        ConnectUrls = _mesh is null || _options.Cluster!.NoAdvertise ? null : _urls.All,
        IsLameDuck = _isLameDuck,
    }.ToLine();

    /// <summary>Tells every client that can take it, and those that have just connected as soon as they can.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _version);
        foreach (ClientConnection client in _registry.Open) Update(client);
    }

    /// <summary>Tells one client if it can take it and does not know yet.</summary>
    public void Update(ClientConnection client)
    {
        if (client.TryLearn(Version)) client.Send(LineFor(client));
    }

    /// <summary>Asks clients to go elsewhere.</summary>
    public void EnterLameDuck()
    {
        _isLameDuck = true;
        _urls.WithdrawOwn();
        Announce();
    }
}
