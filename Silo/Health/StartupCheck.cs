using Bayou.Gateway.Streaming;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bayou.Silo.Health;

/// <summary>The server has come up: its channels are there, and clients have been served.</summary>
internal sealed class StartupCheck(StreamingGateway gateway) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gateway.HasServed ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The channels are not there yet."));
}
