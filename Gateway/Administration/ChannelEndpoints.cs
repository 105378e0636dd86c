using System.Text;
using Bayou.Gateway.Monitoring;
using Bayou.Gateway.Streaming;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bayou.Gateway.Administration;

/// <summary>The channels, their subscriptions and durables.</summary>
internal sealed class ChannelEndpoints(IChannelAdministration administration, ServerIdentity identity, TimeProvider time, Partition? partition = null)
{
    /// <summary>
    /// Maps <c>GET /bayou/channels</c> and <c>GET /bayou/subscriptions</c>, and <c>POST /bayou/channels/create</c>, <c>purge</c>, <c>delete</c>
    /// and <c>delete_durable</c>.
    /// </summary>
    public void Map(IEndpointRouteBuilder endpoints, AdministrationResponder responder)
    {
        AdministrationResponder.MapPage(endpoints, "/bayou/channels", ReadChannelsAsync);
        AdministrationResponder.MapPage(endpoints, "/bayou/subscriptions", ReadSubscriptionsAsync);
        responder.MapAction<CreateChannelRequest>(endpoints, "/bayou/channels/create", Create);
        responder.MapAction<PurgeChannelRequest>(endpoints, "/bayou/channels/purge", Purge);
        responder.MapAction<DeleteChannelRequest>(endpoints, "/bayou/channels/delete", request => request.Channel is { } channel
            ? administration.DeleteAsync(channel, request.Force, request.DryRun)
            : AdministrationResponder.Missing("channel"));
        responder.MapAction<DeleteDurableRequest>(endpoints, "/bayou/channels/delete_durable", DeleteDurable);
    }

    private async Task<ChannelsReport> ReadChannelsAsync(IQueryCollection query)
    {
        var filter = ChannelFilter.Parse(query);
        var page = await administration.ListAsync(filter.Pattern, filter.Offset, filter.Limit);
        return new ChannelsReport
        {
            ServerId = identity.Id,
            Now = GoFormat.Time(time.GetUtcNow()),
            Offset = filter.Offset,
            Limit = filter.Limit,
            Count = page.Items.Count,
            Total = page.Total,
            Channels = [.. page.Items.Select(ChannelOverview.Of)],
            Unanswered = page.Unanswered,
        };
    }

    private async Task<SubscriptionsReport> ReadSubscriptionsAsync(IQueryCollection query)
    {
        var filter = ChannelFilter.Parse(query);
        var isWanted = SubscriptionFilter.Parse(query);
        var page = await administration.ListAsync(filter.Pattern, filter.Offset, filter.Limit);
        return new SubscriptionsReport
        {
            ServerId = identity.Id,
            Now = GoFormat.Time(time.GetUtcNow()),
            Offset = filter.Offset,
            Limit = filter.Limit,
            Count = page.Items.Count,
            Total = page.Total,
            Subscriptions = [.. page.Items.SelectMany(ChannelSubscription.AllOf).Where(isWanted)],
            Unanswered = page.Unanswered,
        };
    }

    private Task<AdminResult> Create(CreateChannelRequest request) =>
        request.Channel is not { } channel ? AdministrationResponder.Missing("channel")
        : !StanNames.IsChannel(Encoding.UTF8.GetBytes(channel)) ? Refuse(
            AdminOutcome.Incomplete,
            $"\"{channel}\" is no name for a channel.",
            ["tokens separated by dots, none of them empty, without the characters / * >"])
        : partition is not null && !partition.Owns(channel) ? Refuse(
            AdminOutcome.Refused,
            $"Channel {channel} is none of those that this server has by its partitioning.",
            partition.Channels)
        : administration.CreateAsync(channel, request.DryRun);

    private Task<AdminResult> Purge(PurgeChannelRequest request) =>
        request.Channel is not { } channel ? AdministrationResponder.Missing("channel")
        : request is { Before: not null, Keep: not null } ? Refuse(
            AdminOutcome.Incomplete, "Two bounds do not go together.", ["before", "keep", "neither, and all messages go"])
        : administration.PurgeAsync(channel, request.Before, request.Keep, request.DryRun);

    private Task<AdminResult> DeleteDurable(DeleteDurableRequest request) =>
        request.Channel is not { } channel ? AdministrationResponder.Missing("channel")
        : request.DurableName is not { } durable ? AdministrationResponder.Missing("durable_name")
        : request is { ClientId: not null, QueueGroup: not null } ? Refuse(
            AdminOutcome.Incomplete, "A durable belongs to one client or to a queue group.", ["client_id", "queue_group"])
        : administration.DeleteDurableAsync(channel, new DurableKey(durable, request.ClientId, request.QueueGroup), request.Force, request.DryRun);

    private static Task<AdminResult> Refuse(AdminOutcome outcome, string message, IReadOnlyList<string> allowed) =>
        Task.FromResult(new AdminResult { Outcome = outcome, Message = message, Allowed = allowed });
}
