using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Keeps the gateway registered. While the registration is current every session that ends is announced here before anybody relies
/// on its end; when it became current again after a gap, <c>onRegained</c> is called first, since what was announced meanwhile is not
/// known.
/// </summary>
internal sealed class GatewayRegistration(
    GatewayId id, IGatewayRegistryGrain registry, Action onRegained, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Several times within the registry's lease.</summary>
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _renewing = Task.CompletedTask;
    private long _currentUntil = long.MinValue;

    public bool IsCurrent => time.GetTimestamp() < Volatile.Read(ref _currentUntil);

    /// <summary>Registers, and renews until <see cref="StopAsync"/>. <paramref name="gateway"/> must be kept from collection.</summary>
    public async Task StartAsync(IGatewayObserver gateway)
    {
        await LeaderCalls.RetryAsync(time, () => RegisterAsync(gateway));
        _renewing = RenewAsync(gateway, _stopping.Token);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _renewing;
        Volatile.Write(ref _currentUntil, long.MinValue);
        try
        {
            await registry.UnregisterAsync(id);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or ObjectDisposedException)
        {
            // The silo went down before us, as after a start that failed. The lease ends the registration then, and nobody need know.
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RegisterAsync(IGatewayObserver gateway)
    {
        var asked = time.GetTimestamp();
        var lease = await registry.RegisterAsync(id, gateway);
        if (!IsCurrent)
        {
            onRegained();
        }

        Volatile.Write(ref _currentUntil, asked + (long)(lease.TotalSeconds * time.TimestampFrequency));
    }

    private async Task RenewAsync(IGatewayObserver gateway, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RenewInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await RenewOnceAsync(gateway);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task RenewOnceAsync(IGatewayObserver gateway)
    {
        try
        {
            await RegisterAsync(gateway);
        }
        catch (Exception exception)
        {
            // Whatever it was, such as metadata without a leader: the next one may succeed.
            StreamingLog.RegistrationFailed(logger, exception);
        }
    }
}
