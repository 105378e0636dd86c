using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Connections;

/// <summary>What clients are told about this server and its cluster: when they connect, and again when it has changed.</summary>
internal sealed class ServerDescription
{
    private const int NonceBytes = 11;

    private readonly CurrentSettings _settings;
    private readonly ServerIdentity _identity;
    private readonly AdvertisedAddresses _addresses;
    private readonly ConnectionRegistry _registry;
    private readonly ClientUrls _urls;
    private readonly RouteMesh? _mesh;
    private long _version;
    private volatile bool _isLameDuck;

    public ServerDescription(
        CurrentSettings settings,
        ServerIdentity identity,
        AdvertisedAddresses addresses,
        ConnectionRegistry registry,
        ClientUrls urls,
        RouteMesh? mesh)
    {
        _settings = settings;
        _identity = identity;
        _addresses = addresses;
        _registry = registry;
        _urls = urls;
        _mesh = mesh;
        urls.Changed += Announce;
    }

    /// <summary>Grows with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The first INFO line for a client at this address, and what is to be remembered of it.</summary>
    public Greeting Greet(IPEndPoint? address)
    {
        ConnectionId id = _registry.NextId();
        long version = Version;
        string? nonce = _settings.Now.Authenticator.TakesSignatures ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes)) : null;
        return new Greeting(id, version, nonce, LineFor(id, address, nonce));
    }

    private byte[] LineFor(ConnectionId id, IPEndPoint? address, string? nonce)
    {
        GatewaySettings settings = _settings.Now;
        return new ServerInfo
        {
            ServerId = _identity.Id,
            ServerName = _identity.Name,
            Version = ServerIdentity.NatsVersion,
            BayouVersion = ServerIdentity.BayouVersion,
            Runtime = ServerIdentity.Runtime,
            Host = _addresses.Client.Host,
            Port = _addresses.Client.Port,
            AuthRequired = settings.Authenticator.IsRequired,
            TlsRequired = settings.Options.Tls is not null,
            TlsVerify = settings.Options.Tls is { AsksForCertificate: true },
            MaxPayloadBytes = settings.Options.MaxPayloadBytes,
            ClientId = id.Value,
            ClientIp = address?.Address.ToString(),
            Nonce = nonce,
            Cluster = _mesh?.ClusterName,
            IsClusterDynamic = _mesh is { IsClusterNameDynamic: true },
            ConnectUrls = _mesh is null || settings.Options.Cluster!.NoAdvertise ? null : _urls.All,
            IsLameDuck = _isLameDuck,
        }.ToLine();
    }

    /// <summary>Tells every client that can take it, and those that have just connected as soon as they can.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _version);
        foreach (ClientConnection client in _registry.Open) Update(client);
    }

    /// <summary>Tells one client if it can take it and does not know yet.</summary>
    public void Update(ClientConnection client)
    {
        if (client.TryLearn(Version)) client.Send(LineFor(client.Id, client.RemoteEndPoint, nonce: null));
    }

    /// <summary>Asks clients to go elsewhere.</summary>
    public void EnterLameDuck()
    {
        _isLameDuck = true;
        _urls.WithdrawOwn();
        Announce();
    }
}
