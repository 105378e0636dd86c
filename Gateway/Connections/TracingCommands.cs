using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Shows each operation of a client in the log before it is carried out.</summary>
internal struct TracingCommands(ClientCommands commands, ProtocolTrace trace) : IClientCommandHandler
{
    private bool _isLineTraced;

    public readonly bool IsConnectRequired => commands.IsConnectRequired;

    /// <summary>An operation whose payload is still on the way, or whose verdict, is offered again and again, and shown once.</summary>
    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
        if (!_isLineTraced) trace.OnReceived(verb, arguments);
        _isLineTraced = true;
    }

    public ProtocolError OnConnect(ReadOnlySpan<byte> json)
    {
        ProtocolError error = commands.OnConnect(json);
        _isLineTraced = error == ProtocolError.Undecided;
        return error;
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

    public ProtocolError OnSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid)
    {
        _isLineTraced = false;
        return commands.OnSubscribe(subject, queueGroup, sid);
    }

    public ProtocolError OnUnsubscribe(ReadOnlySpan<byte> sid, int maxDeliveries)
    {
        _isLineTraced = false;
        return commands.OnUnsubscribe(sid, maxDeliveries);
    }

    public ProtocolError OnPublish(in PublishCommand command)
    {
        _isLineTraced = false;
        trace.OnPayload(command.Headers, command.Payload);
        return commands.OnPublish(command);
    }
}
