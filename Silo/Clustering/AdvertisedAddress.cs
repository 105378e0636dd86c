using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Bayou.Gateway.Routes;

namespace Bayou.Silo.Clustering;

/// <summary>Finds the address under which the other servers of the cluster reach this one.</summary>
internal static class AdvertisedAddress
{
    /// <summary>
    /// What is advertised to other servers, if that is an address; else the one that this server listens on for them; else the one
    /// from which it would call the first of its routes that has an address; else that of any network interface.
    /// </summary>
    public static IPAddress Find(ClusterOptions cluster)
    {
        if (cluster.Advertise is { } advertise && IPEndPoint.TryParse(advertise, out var endpoint))
        {
            return endpoint.Address;
        }

        if (!cluster.Host.Equals(IPAddress.Any) && !cluster.Host.Equals(IPAddress.IPv6Any))
        {
            return cluster.Host;
        }

        return cluster.Routes.Select(TowardsRoute).FirstOrDefault(address => address is not null) ?? OfAnyInterface();
    }

    private static IPAddress? TowardsRoute(RouteUrl route)
    {
        try
        {
            var target = Dns.GetHostAddresses(route.Host, AddressFamily.InterNetwork).FirstOrDefault();
            return target is null ? null : Towards(target);
        }
        catch (SocketException)
        {
            // The name is not known yet, as where containers start one after the other; another route may do.
            return null;
        }
    }

    /// <summary>The system chooses the interface without sending anything.</summary>
    private static IPAddress Towards(IPAddress target)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(target, 1);
        return ((IPEndPoint)probe.LocalEndPoint!).Address;
    }

    private static IPAddress OfAnyInterface() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
