using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Bayou.Gateway;

/// <summary>Where the server really listens, which matters where the system chose a port. Known once the host has started.</summary>
public sealed class GatewayEndpoints(IServer server, GatewayOptions options)
{
    /// <summary>For clients.</summary>
    public IPEndPoint Client => Find(0) ?? throw new InvalidOperationException("The host has not started.");

    /// <summary>For monitoring; null where it is not configured.</summary>
    public IPEndPoint? Monitoring => options.MonitoringPort is null ? null : Find(1);

    private IPEndPoint? Find(int index)
    {
        string? address = server.Features.Get<IServerAddressesFeature>()?.Addresses.ElementAtOrDefault(index);
        if (address is null) return null;
        var uri = new Uri(address);
        return new IPEndPoint(IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? ip) ? ip : IPAddress.Any, uri.Port);
    }
}
