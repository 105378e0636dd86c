using System.Net;
using Bayou.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Tls;

/// <summary>What comes before the handshake: a client is told about the server in the clear, as it decides by that to begin with TLS.</summary>
internal sealed partial class TlsGreeting(
    TlsOptions options, ServerDescription description, TimeProvider time, ILogger<TlsGreeting> logger)
{
    /// <summary>The timer that ends a handshake is a coarse one.</summary>
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(50);

    /// <summary>Greets, and lets <paramref name="secure"/> do the handshake and go on with the connection.</summary>
    public ConnectionDelegate Before(ConnectionDelegate secure) => connection => GreetAsync(connection, secure);

    private async Task GreetAsync(ConnectionContext connection, ConnectionDelegate secure)
    {
        Greeting greeting = description.Greet(connection.RemoteEndPoint as IPEndPoint);
        var greeted = new GreetedClient(greeting);
        connection.Features.Set(greeted);
        await connection.Transport.Output.WriteAsync(greeting.Line);
        long begin = time.GetTimestamp();
        await secure(connection);
        if (greeted.IsSecured) return;
        string name = $"{connection.RemoteEndPoint} - cid:{greeting.Id}";
        if (time.GetElapsedTime(begin) < options.Timeout - TimerSlack) LogFailed(name);
        else LogTimeout(name);
    }

    [LoggerMessage(1320, LogLevel.Error, "{Connection} - TLS handshake error: what the client sent is no handshake, or one side refused the other's certificate or version")]
    private partial void LogFailed(string connection);

    [LoggerMessage(1321, LogLevel.Error, "{Connection} - TLS handshake timeout")]
    private partial void LogTimeout(string connection);
}
