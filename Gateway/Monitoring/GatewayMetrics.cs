using System.Diagnostics.Metrics;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;

namespace Bayou.Gateway.Monitoring;

/// <summary>
/// What the gateway counts anyway, as instruments that are read only when somebody collects. docs/TELEMETRY.md lists them.
/// </summary>
public sealed class GatewayMetrics
{
    /// <summary>The meter that they belong to.</summary>
    public const string MeterName = "Bayou.Gateway";

    internal GatewayMetrics(
        IMeterFactory meters, ConnectionRegistry registry, SubjectRouter router, RouteMesh? mesh, StreamingGateway? streaming, ServerIdentity identity, TimeProvider time)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge("bayou.gateway.uptime", () => (time.GetUtcNow() - identity.Start).TotalSeconds, "s", "Time since the server started.");
        meter.CreateObservableUpDownCounter("bayou.gateway.connections", () => registry.OpenCount, "{connection}", "Clients that are connected.");
        meter.CreateObservableCounter("bayou.gateway.connections.accepted", () => registry.TotalCount, "{connection}", "Connections of clients since the start.");
        meter.CreateObservableCounter(
            "bayou.gateway.connections.slow", () => registry.GetTotals().SlowConsumerCount, "{connection}", "Connections closed because they did not take their messages.");
        meter.CreateObservableCounter(
            "bayou.gateway.connections.stale", () => registry.GetTotals().StaleCount, "{connection}", "Connections closed because they did not answer pings.");
        meter.CreateObservableUpDownCounter(
            "bayou.gateway.subscriptions", () => router.Tree.Count, "{subscription}", "Subscriptions of clients, of other servers and of this server itself.");
        meter.CreateObservableUpDownCounter("bayou.gateway.routes", () => mesh?.Routes.Length ?? 0, "{route}", "Connections to other servers.");
        meter.CreateObservableCounter(
            "bayou.gateway.messages.received", () => registry.GetTotals().InMessageCount, "{message}", "Messages from clients and other servers.");
        meter.CreateObservableCounter("bayou.gateway.messages.sent", () => registry.GetTotals().OutMessageCount, "{message}", "Messages to clients and other servers.");
        meter.CreateObservableCounter("bayou.gateway.payload.received", () => registry.GetTotals().InBytes, "By", "Payload of the messages received.");
        meter.CreateObservableCounter("bayou.gateway.payload.sent", () => registry.GetTotals().OutBytes, "By", "Payload of the messages sent.");
        meter.CreateObservableCounter(
            "bayou.gateway.publishes.refused", () => streaming?.RefusedPublishCount ?? 0, "{message}", "Publishes to channels that were answered with an error.");
    }
}
