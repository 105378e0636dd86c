using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Gateways;

/// <summary>Finds gateways for the grains of this silo.</summary>
public sealed partial class GatewayDirectory(IGrainFactory grains, TimeProvider time, ILogger<GatewayDirectory> logger, ILocalGateway? local = null)
{
    private volatile IGatewayObserver? _remote;

    /// <summary>A gateway that reaches every client: the one in this process, if there is one. Null if there is none at all.</summary>
    public ValueTask<IGatewayObserver?> FindAsync() =>
        (local?.Current ?? _remote) is { } known ? new(known) : FindRemoteAsync();

    /// <summary>A gateway did not answer: the next search looks for another.</summary>
    public void Forget(IGatewayObserver gateway)
    {
        if (_remote == gateway)
        {
            _remote = null;
        }
    }

    /// <summary>Completed once no gateway takes publishes for the session any more.</summary>
    public async Task EndSessionAsync(SessionInfo session)
    {
        var registry = grains.GetGrain<IGatewayRegistryGrain>(0);
        var list = await LeaderCalls.RetryAsync(time, registry.ListAsync);
        if (list.CompleteIn > TimeSpan.Zero)
        {
            await Task.Delay(list.CompleteIn, time);
            list = await LeaderCalls.RetryAsync(time, registry.ListAsync);
        }

        await Task.WhenAll(list.Gateways.Select(gateway => EndSessionAsync(gateway, session)));
    }

    private async ValueTask<IGatewayObserver?> FindRemoteAsync()
    {
        var list = await grains.GetGrain<IGatewayRegistryGrain>(0).ListAsync();
        return _remote = list.Gateways.Count > 0 ? list.Gateways[Random.Shared.Next(list.Gateways.Count)] : null;
    }

    /// <summary>One that cannot be told of it is waited out: it renews its lease no more, or it will be listed and told.</summary>
    private async Task EndSessionAsync(IGatewayObserver gateway, SessionInfo session)
    {
        try
        {
            await gateway.EndSessionAsync(session);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            LogNotTold(exception, session.Client.Value);
            await Task.Delay(GatewayRegistryGrain.Lease, time);
        }
    }

    [LoggerMessage(2107, LogLevel.Warning, "A gateway could not be told that the session of client {Client} ended; its lease is waited out")]
    private partial void LogNotTold(Exception exception, string client);
}
