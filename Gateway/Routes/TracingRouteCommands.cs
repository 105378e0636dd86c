using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routes;

/// <summary>Shows each operation of another server in the log before it is carried out.</summary>
internal struct TracingRouteCommands(RouteCommands commands, ProtocolTrace trace) : IRouteCommandHandler
{
    private bool _isLineTraced;

    public readonly bool IsConnectRequired => commands.IsConnectRequired;

    /// <summary>An operation whose payload is still on the way is offered again and again, and shown once.</summary>
    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
        if (!_isLineTraced) trace.OnReceived(verb, arguments);
        _isLineTraced = true;
    }

    public ProtocolError OnConnect(ReadOnlySpan<byte> json)
    {
        _isLineTraced = false;
        return commands.OnConnect(json);
    }

    public ProtocolError OnInfo(ReadOnlySpan<byte> json)
    {
        _isLineTraced = false;
        return commands.OnInfo(json);
    }

    public readonly ProtocolError OnPing()
    {
        trace.OnReceived("PING"u8, default);
        return commands.OnPing();
    }

    public readonly ProtocolError OnPong()
    {
        trace.OnReceived("PONG"u8, default);
        return commands.OnPong();
    }

    public ProtocolError OnInterest(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight)
    {
        _isLineTraced = false;
        return commands.OnInterest(account, subject, queueGroup, weight);
    }

    public ProtocolError OnInterestEnded(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup)
    {
        _isLineTraced = false;
        return commands.OnInterestEnded(account, subject, queueGroup);
    }

    public ProtocolError OnMessage(in RouteMessageCommand command)
    {
        _isLineTraced = false;
        trace.OnPayload(command.Headers, command.Payload);
        return commands.OnMessage(command);
    }

    public ProtocolError OnError(ReadOnlySpan<byte> text)
    {
        _isLineTraced = false;
        return commands.OnError(text);
    }
}
