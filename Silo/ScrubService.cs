using Bayou.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>
/// Reads through everything that is on disk again and again, slowly: what rots unread is found while another replica, or a backup,
/// can still mend it.
/// </summary>
internal sealed partial class ScrubService(SiloStore store, TimeSpan interval, TimeProvider time, ILogger<ScrubService> logger) : BackgroundService
{
    /// <summary>A start has better things to do for the disk.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromHours(1);

    /// <summary>Little enough not to be felt by what the disk is there for.</summary>
    public const long BytesPerSecond = 8 << 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (interval <= TimeSpan.Zero)
        {
            return;
        }

        await Task.Delay(FirstDelay < interval ? FirstDelay : interval, time, stoppingToken);
        while (true)
        {
            var start = time.GetTimestamp();
            await PassAsync(stoppingToken);
            var rest = interval - time.GetElapsedTime(start);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, stoppingToken);
        }
    }

    private async Task PassAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var bytes = 0L;
        while (await timer.WaitForNextTickAsync(stopping))
        {
            var step = store.Scrub(BytesPerSecond);
            bytes += step.Bytes;
            if (step.FaultCount > 0)
            {
                LogDamage(step.FaultCount);
            }

            if (step.IsPassComplete)
            {
                LogComplete(bytes);
                return;
            }
        }
    }

    [LoggerMessage(5017, LogLevel.Error, "{Count} files of the store are damaged: what another replica has is fetched from it, anything else has to come from a backup")]
    private partial void LogDamage(int count);

    [LoggerMessage(5018, LogLevel.Debug, "Everything on disk was read and checked, {Bytes} bytes")]
    private partial void LogComplete(long bytes);
}
