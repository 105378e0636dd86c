using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Bayou.Gateway;

/// <summary>Where this server tells others that it is reached: as the configuration says, or where it listens.</summary>
internal sealed class AdvertisedAddresses(GatewayOptions options, Func<int> clientPort, Func<int> clusterPort)
{
    public AdvertisedAddresses(GatewayOptions options, GatewayEndpoints endpoints)
        : this(options, () => endpoints.Client.Port, () => endpoints.Cluster?.Port ?? 0)
    {
    }

    /// <summary>For clients.</summary>
    public HostPort Client => Find(options.ClientAdvertise, clientPort()) ?? new HostPort(options.Host.ToString(), clientPort());

    /// <summary>For other servers.</summary>
    public HostPort Cluster => ClusterAdvertise ?? new HostPort(options.Cluster!.Host.ToString(), clusterPort());

    /// <summary>For other servers, if that is not where it listens; else null.</summary>
    public HostPort? ClusterAdvertise => Find(options.Cluster?.Advertise, clusterPort());

    /// <summary>Every address for clients; more than one where the server listens on all of the machine's.</summary>
    public IReadOnlyList<string> FindClientUrls()
    {
        if (!string.IsNullOrEmpty(options.ClientAdvertise) || !IsAny(options.Host)) return [Client.ToString()];
        int port = clientPort();
        return
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
                .Select(static unicast => unicast.Address)
                .Where(static address => !IPAddress.IsLoopback(address) && !IsLinkLocal(address))
                .Select(address => new HostPort(address.ToString(), port).ToString()),
        ];
    }

    private static HostPort? Find(string? advertise, int port) => HostPort.TryParse(advertise ?? "", port, out HostPort found) ? found : null;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsLinkLocal(IPAddress address) =>
        address.IsIPv6LinkLocal || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);
}
