using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Administration;

/// <summary>What is under <c>/bayou</c> on the monitoring port: the cluster and its groups, and what can be done about them.</summary>
public static class AdministrationEndpoints
{
    private const int MaxRequestBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>
    /// Maps <c>GET /bayou/cluster</c> and <c>GET /bayou/groups</c>, which anybody may read, and <c>POST /bayou/cluster/transfer</c>, <c>drain</c>,
    /// <c>add</c> and <c>remove</c>, for those whom <see cref="GatewayOptions.AllowRemoteAdministration"/> admits.
    /// </summary>
    public static IEndpointRouteBuilder MapAdministration(this IEndpointRouteBuilder endpoints)
    {
        var administration = endpoints.ServiceProvider.GetRequiredService<IClusterAdministration>();
        var identity = endpoints.ServiceProvider.GetRequiredService<ServerIdentity>();
        var time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        var access = new AdministrationAccess(endpoints.ServiceProvider.GetRequiredService<GatewayOptions>());
        endpoints.MapGet("/bayou/cluster", async context =>
        {
            var cluster = await administration.DescribeAsync();
            await WriteAsync(context, StatusCodes.Status200OK, new ClusterReport
            {
                ServerId = identity.Id,
                NodeId = cluster.NodeId,
                Now = GoFormat.Time(time.GetUtcNow()),
                Formed = cluster.Formed,
                Silos = cluster.Silos,
                Groups = GroupCounts.Of(cluster.Groups),
                Unanswered = cluster.Unanswered,
            });
        });
        endpoints.MapGet("/bayou/groups", context => AnswerGroupsAsync(context, administration, identity, time));
        MapAction(endpoints, access, "transfer", request => request is { Group: { } group }
            ? administration.TransferAsync(group.ToString(), request.To, request.DryRun)
            : Missing("group"));
        MapAction(endpoints, access, "drain", request => request.NodeId is { } node ? administration.DrainAsync(node, request.DryRun) : Missing("node_id"));
        MapAction(endpoints, access, "add", request => request.NodeId is { } node ? administration.AddAsync(node, request.DryRun) : Missing("node_id"));
        MapAction(endpoints, access, "remove", request => request.NodeId is { } node ? administration.RemoveAsync(node, request.DryRun) : Missing("node_id"));
        return endpoints;
    }

    private static async Task AnswerGroupsAsync(HttpContext context, IClusterAdministration administration, ServerIdentity identity, TimeProvider time)
    {
        GroupFilter filter;
        try
        {
            filter = GroupFilter.Parse(context.Request.Query);
        }
        catch (MonitoringQueryException exception)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, ActionReport.Failed(exception.Message, []));
            return;
        }

        var cluster = await administration.DescribeAsync();
        var groups = cluster.Groups.Where(filter.Matches).ToList();
        var page = groups.Skip(filter.Offset).Take(filter.Limit).ToList();
        await WriteAsync(context, StatusCodes.Status200OK, new GroupsReport
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
        });
    }

    private static void MapAction(IEndpointRouteBuilder endpoints, AdministrationAccess access, string name, Func<ActionRequest, Task<AdminResult>> act) =>
        endpoints.MapPost($"/bayou/cluster/{name}", async context =>
        {
            var headers = context.Request.Headers;
            if (access.Refuse(context.Connection.RemoteIpAddress, headers.Origin, headers.Authorization) is { } refusal)
            {
                await WriteAsync(context, refusal.StatusCode, ActionReport.Failed(refusal.Reason, []));
                return;
            }

            ActionRequest? request;
            try
            {
                request = await ReadAsync(context);
            }
            catch (Exception exception) when (exception is JsonException or BadHttpRequestException)
            {
                await WriteAsync(context, StatusCodes.Status400BadRequest, ActionReport.Failed(
                    "The body is no JSON object of these properties: texts, a number or a text as the group, and dry_run true or false.", ["node_id", "group", "to", "dry_run"]));
                return;
            }

            if (request is null)
            {
                await WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, ActionReport.Failed("The body must be JSON, with Content-Type: application/json.", []));
                return;
            }

            var result = await act(request);
            await WriteAsync(context, StatusOf(result.Outcome), ActionReport.Of(result, request.DryRun));
        });

    /// <summary>Null for what does not say that it is JSON.</summary>
    private static async Task<ActionRequest?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxRequestBytes;
        }

        return await JsonSerializer.DeserializeAsync<ActionRequest>(context.Request.Body, Json, context.RequestAborted)
            ?? throw new JsonException("it is null");
    }

    private static Task<AdminResult> Missing(string property) => Task.FromResult(new AdminResult
    {
        Outcome = AdminOutcome.Incomplete,
        Message = $"The request lacks {property}.",
        Allowed = [property],
    });

    private static int StatusOf(AdminOutcome outcome) => outcome switch
    {
        AdminOutcome.Done or AdminOutcome.Unchanged => StatusCodes.Status200OK,
        AdminOutcome.Incomplete => StatusCodes.Status400BadRequest,
        AdminOutcome.NotFound => StatusCodes.Status404NotFound,
        AdminOutcome.Refused => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task WriteAsync<T>(HttpContext context, int statusCode, T content) =>
        Results.Text(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content, Json) + "\n"), "application/json", statusCode).ExecuteAsync(context);
}
