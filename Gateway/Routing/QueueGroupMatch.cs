using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>The members of one queue group that match a subject, here and on other servers.</summary>
internal sealed class QueueGroupMatch(byte[] name, ClientSubscription[] members, RouteSubscription[] remotes)
{
    public byte[] Name { get; } = name;

    /// <summary>Clients of this server.</summary>
    public ClientSubscription[] Members { get; } = members;

    /// <summary>What other servers have; each stands for as many members as it weighs.</summary>
    public RouteSubscription[] Remotes { get; } = remotes;

    /// <summary>Members on other servers.</summary>
    public int RemoteWeight { get; } = remotes.Sum(static remote => remote.Weight);
}
