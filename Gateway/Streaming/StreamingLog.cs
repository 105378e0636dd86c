using Bayou.Gateway.Connections;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>What the streaming side of the gateway logs.</summary>
internal static partial class StreamingLog
{
    [LoggerMessage(3001, LogLevel.Error, "Cannot find out who client {Client} is")]
    public static partial void LookupFailed(ILogger logger, Exception exception, ClientId client);

    [LoggerMessage(3002, LogLevel.Error, "A request on {Subject} failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string subject);

    [LoggerMessage(3003, LogLevel.Warning, "Acks for subscription {Subscription} were not delivered; its messages will come again")]
    public static partial void AcksLost(ILogger logger, Exception exception, SubscriptionId subscription);

    [LoggerMessage(3004, LogLevel.Warning, "The gateway's registration was not renewed; it will be tried again")]
    public static partial void RegistrationFailed(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Warning, "A request on {Subject} was dropped: too many wait on its connection")]
    public static partial void RequestDropped(ILogger logger, string subject);

    [LoggerMessage(3012, LogLevel.Error, "{Connection} - Publish Violation - Channel {Channel}, which it may not publish to, in a message on {Subject}")]
    public static partial void ForeignChannel(ILogger logger, Connection connection, string channel, string subject);

    [LoggerMessage(3006, LogLevel.Trace, "[Client:{Client}] Received message from publisher subj={Channel} guid={Guid}")]
    public static partial void Received(ILogger logger, string client, string channel, string guid);

    [LoggerMessage(3007, LogLevel.Trace, "Acking Publisher subj={Channel} guid={Guid}")]
    public static partial void Acknowledged(ILogger logger, ChannelName channel, string guid);

    [LoggerMessage(3008, LogLevel.Trace, "{Verb} msg to inbox={Inbox}, subject={Channel}, seq={Sequence}")]
    public static partial void Delivered(ILogger logger, string verb, string inbox, ChannelName channel, ulong sequence);

    [LoggerMessage(3011, LogLevel.Debug, "A request on {Subject} was given up: the cluster is out of reach, or too slow")]
    public static partial void RequestGivenUp(ILogger logger, string subject);

    [LoggerMessage(3010, LogLevel.Error, "A publish was lost that had waited for its sender to be found")]
    public static partial void PublishFailed(ILogger logger, Exception exception);

    [LoggerMessage(3009, LogLevel.Trace, "Processing ack for subid={Subscription}, seq={Sequence}")]
    public static partial void AckReceived(ILogger logger, SubscriptionId subscription, ulong sequence);
}
