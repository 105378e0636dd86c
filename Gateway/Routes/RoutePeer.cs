using System.Net;

namespace Bayou.Gateway.Routes;

/// <summary>Another server of the cluster that has a route to this one.</summary>
/// <param name="ServerId">Unique; a new one with each start of the process.</param>
/// <param name="ServerName">Its name, which the cluster does not have twice.</param>
/// <param name="Address">Its address as this server sees it; null where that is not known.</param>
public sealed record RoutePeer(string ServerId, string ServerName, IPAddress? Address);
