namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Sums over everything a silo holds.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.StreamingTotals")]
public sealed record StreamingTotals(
    [property: Id(0)] int Clients,
    [property: Id(1)] int Subscriptions,
    [property: Id(2)] int Channels,
    [property: Id(3)] long Messages,
    [property: Id(4)] long Bytes);

/// <summary>The limits in force: of the server, of any channel, and of the channels and wildcards that have some of their own.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.LimitFigures")]
public sealed record LimitFigures(
    [property: Id(0)] int MaxChannels,
    [property: Id(1)] ChannelLimits Global,
    [property: Id(2)] IReadOnlyList<NamedLimits> Channels);

/// <summary>The limits of one channel name or wildcard.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.NamedLimits")]
public sealed record NamedLimits([property: Id(0)] string Name, [property: Id(1)] ChannelLimits Limits);

/// <summary>Part of a sorted list, and how long the whole of it is.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.FigurePage`1")]
public sealed record FigurePage<T>([property: Id(0)] int Total, [property: Id(1)] IReadOnlyList<T> Items);

/// <summary>A channel as <c>/streaming/channelsz</c> shows it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelFigures")]
public sealed record ChannelFigures(
    [property: Id(0)] string Name,
    [property: Id(1)] long Messages,
    [property: Id(2)] long Bytes,
    [property: Id(3)] ulong FirstSequence,
    [property: Id(4)] ulong LastSequence,
    [property: Id(5)] int SubscriptionCount,
    [property: Id(6)] IReadOnlyList<MemberView> Subscriptions);

/// <summary>A receiver, or a durable without one, as the monitoring pages show it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.MemberView")]
public sealed record MemberView(
    [property: Id(0)] string ClientId,
    [property: Id(1)] string Inbox,
    [property: Id(2)] string AckInbox,
    [property: Id(3)] string DurableName,
    [property: Id(4)] string QueueName,
    [property: Id(5)] bool IsDurable,
    [property: Id(6)] bool IsOffline,
    [property: Id(7)] int MaxInFlight,
    [property: Id(8)] int AckWaitSeconds,
    [property: Id(9)] ulong LastSent,
    [property: Id(10)] long PendingCount,
    [property: Id(11)] bool IsStalled);

/// <summary>A session as <c>/streaming/clientsz</c> shows it.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ClientFigures")]
public sealed record ClientFigures(
    [property: Id(0)] string Id,
    [property: Id(1)] string HeartbeatInbox,
    [property: Id(2)] int SubscriptionCount,
    [property: Id(3)] IReadOnlyList<ChannelSubscriptions> Subscriptions);

/// <summary>The subscriptions that one client has on one channel.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelSubscriptions")]
public sealed record ChannelSubscriptions(
    [property: Id(0)] string Channel,
    [property: Id(1)] IReadOnlyList<MemberView> Subscriptions);
