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
}
