using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway;

/// <summary>Has the server go by other options while clients are connected. What it listens on, and its cluster, stay as they are.</summary>
public sealed partial class GatewayReload
{
    private readonly CurrentSettings _current;
    private readonly ConnectionRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger<GatewayReload> _logger;

    internal GatewayReload(CurrentSettings current, ConnectionRegistry registry, TimeProvider time, ILogger<GatewayReload> logger)
    {
        _current = current;
        _registry = registry;
        _time = time;
        _logger = logger;
    }

    /// <summary>Makes ready all that can fail; nothing has changed yet.</summary>
    /// <inheritdoc cref="GatewaySettings.Of" path="/exception"/>
    public GatewaySettings Prepare(GatewayOptions options) => _current.Now.Next(options);

    /// <summary>From here on these settings hold, for clients that are connected, too. Whose user is gone is sent away.</summary>
    public void Apply(GatewaySettings settings)
    {
        _current.Replace(settings with { LoadTime = _time.GetUtcNow() });
        CloseExcess(settings.Options.MaxClients);
        foreach (ClientConnection client in _registry.Open) Tell(client);
    }

    /// <summary>A client that cannot be told does not keep what it could do before, and does not keep others from being told.</summary>
    private void Tell(ClientConnection client)
    {
        try
        {
            client.Session?.TakeSettings();
        }
        catch (Exception failure)
        {
            LogNotTold(_logger, failure, client);
            client.Fail(ProtocolError.AuthorizationViolation);
        }
    }

    /// <summary>Who came last goes first.</summary>
    private void CloseExcess(int maxCount)
    {
        ClientConnection[] open = [.. _registry.Open.Where(static client => !client.IsClosed).OrderBy(static client => client.Id.Value)];
        if (open.Length <= maxCount) return;
        foreach (ClientConnection client in open.AsSpan(maxCount)) client.Fail(ProtocolError.MaxConnectionsExceeded);
        LogExcessClosed(_logger, open.Length - maxCount);
    }

    [LoggerMessage(1305, LogLevel.Error, "{Connection} - it could not be told of the new configuration")]
    private static partial void LogNotTold(ILogger logger, Exception failure, ClientConnection connection);

    [LoggerMessage(1304, LogLevel.Information, "Closed {Count} connections to fall within max_connections")]
    private static partial void LogExcessClosed(ILogger logger, int count);
}
