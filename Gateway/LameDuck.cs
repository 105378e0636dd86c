using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>
/// Takes the server out of service without a shock: no new clients, word to those that are there and to other servers, then, spread
/// over time so that the others are not overrun, an end to each connection, and at last the end of the process.
/// </summary>
public sealed partial class LameDuck
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly CurrentSettings _settings;
    private readonly GatewayListeners _listeners;
    private readonly ConnectionRegistry _registry;
    private readonly ServerDescription _description;
    private readonly RouteMesh? _mesh;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<LameDuck> _logger;
    private int _isActive;

    internal LameDuck(
        CurrentSettings settings,
        GatewayListeners listeners,
        ConnectionRegistry registry,
        ServerDescription description,
        RouteMesh? mesh,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<LameDuck> logger)
    {
        _settings = settings;
        _listeners = listeners;
        _registry = registry;
        _description = description;
        _mesh = mesh;
        _lifetime = lifetime;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether the server is on its way out.</summary>
    public bool IsActive => Volatile.Read(ref _isActive) != 0;

    /// <summary>Begins; the host stops when the last client is gone. Called again, it does nothing.</summary>
    public void Enter()
    {
        if (Interlocked.Exchange(ref _isActive, 1) == 0) _ = RunAsync(_lifetime.ApplicationStopping);
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            LogEntering(_logger);
            await (await _listeners.Client.WaitAsync(stopping)).UnbindAsync(stopping);
            ClientConnection[] clients = [.. _registry.Open];
            if (clients.Length > 0)
            {
                _mesh?.EnterLameDuck();
                _description.EnterLameDuck();
                await Task.Delay(_settings.Options.LameDuckGracePeriod, _time, stopping);
                LogClosing(_logger);
                await CloseAsync(clients, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by other means meanwhile.
        }
        catch (Exception e)
        {
            LogFailed(_logger, e);
        }
        finally
        {
            _lifetime.StopApplication();
        }
    }

    /// <summary>Pauses are at least half as long as they would be if all were alike, and never so long that few clients make it last.</summary>
    private async Task CloseAsync(ClientConnection[] clients, CancellationToken stopping)
    {
        GatewayOptions options = _settings.Options;
        TimeSpan pause = (options.LameDuckDuration - options.LameDuckGracePeriod) / clients.Length;
        if (pause > LongestPause) pause = LongestPause;
        foreach (ClientConnection client in clients.SkipLast(1))
        {
            client.CloseAfterFlush(ClosedReason.ServerShutdown);
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), _time, stopping);
        }

        clients[^1].CloseAfterFlush(ClosedReason.ServerShutdown);
    }

    [LoggerMessage(1301, LogLevel.Information, "Entering lame duck mode, stop accepting new clients")]
    private static partial void LogEntering(ILogger logger);

    [LoggerMessage(1302, LogLevel.Information, "Closing existing clients")]
    private static partial void LogClosing(ILogger logger);

    [LoggerMessage(1303, LogLevel.Error, "Clients could not be sent away one by one; the server stops at once")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
