using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bayou.Gateway.Administration;

/// <summary>The cluster and its groups.</summary>
internal sealed class ClusterEndpoints(IClusterAdministration administration, ServerIdentity identity, TimeProvider time)
{
    /// <summary>
    /// Maps <c>GET /bayou/cluster</c> and <c>GET /bayou/groups</c>, and <c>POST /bayou/cluster/transfer</c>, <c>drain</c>, <c>add</c> and
    /// <c>remove</c>.
    /// </summary>
    public void Map(IEndpointRouteBuilder endpoints, AdministrationResponder responder)
    {
        AdministrationResponder.MapPage(endpoints, "/bayou/cluster", _ => ReadClusterAsync());
        AdministrationResponder.MapPage(endpoints, "/bayou/groups", ReadGroupsAsync);
        responder.MapAction<ActionRequest>(endpoints, "/bayou/cluster/transfer", request => request is { Group: { } group }
            ? administration.TransferAsync(group.ToString(), request.To, request.DryRun)
            : AdministrationResponder.Missing("group"));
        MapNodeAction("drain", administration.DrainAsync);
        MapNodeAction("add", administration.AddAsync);
        MapNodeAction("remove", administration.RemoveAsync);

        void MapNodeAction(string name, Func<string, bool, Task<AdminResult>> act) =>
            responder.MapAction<ActionRequest>(endpoints, $"/bayou/cluster/{name}", request =>
                request.NodeId is { } node ? act(node, request.DryRun) : AdministrationResponder.Missing("node_id"));
    }

    private async Task<ClusterReport> ReadClusterAsync()
    {
        var cluster = await administration.DescribeAsync();
        return new ClusterReport
        {
            ServerId = identity.Id,
            NodeId = cluster.NodeId,
            Now = GoFormat.Time(time.GetUtcNow()),
            Formed = cluster.Formed,
            Silos = cluster.Silos,
            Groups = GroupCounts.Of(cluster.Groups),
            Unanswered = cluster.Unanswered,
        };
    }

    private async Task<GroupsReport> ReadGroupsAsync(IQueryCollection query)
    {
        var filter = GroupFilter.Parse(query);
        var cluster = await administration.DescribeAsync();
        var groups = cluster.Groups.Where(filter.Matches).ToList();
        var page = groups.Skip(filter.Offset).Take(filter.Limit).ToList();
        return new GroupsReport
        {
            ServerId = identity.Id,
            NodeId = cluster.NodeId,
            Now = GoFormat.Time(time.GetUtcNow()),
            Offset = filter.Offset,
            Limit = filter.Limit,
            Count = page.Count,
            Total = groups.Count,
            Groups = page,
            Unanswered = cluster.Unanswered,
        };
    }
}
