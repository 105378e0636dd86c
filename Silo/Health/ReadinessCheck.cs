using Bayou.Gateway;
using Bayou.Gateway.Streaming;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Bayou.Silo.Health;

/// <summary>New clients are welcome: the streaming side serves, and the server is not on its way out.</summary>
internal sealed class ReadinessCheck(StreamingGateway gateway, LameDuck lameDuck, IHostApplicationLifetime application) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            lameDuck.IsActive || application.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The server is on its way out.")
            : gateway.IsServing ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Streaming is not available."));
}
