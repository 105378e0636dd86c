namespace Bayou.Gateway.Protocol;

/// <summary>
/// What another server can say over a route. Spans are valid only during the call. Each answers <see cref="ProtocolError.None"/>,
/// or the error that ends parsing.
/// </summary>
internal interface IRouteCommandHandler
{
    /// <summary>Whether anything but CONNECT is out of place because the other server has not said who it is.</summary>
    bool IsConnectRequired { get; }

    /// <inheritdoc cref="IClientCommandHandler.OnControlLine"/>
    void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments);

    /// <summary><c>CONNECT {json}</c>, from the server that dialed.</summary>
    ProtocolError OnConnect(ReadOnlySpan<byte> json);

    /// <summary><c>INFO {json}</c>: the first says who the other server is, later ones what changed or whom else it knows.</summary>
    ProtocolError OnInfo(ReadOnlySpan<byte> json);

    /// <summary><c>PING</c></summary>
    ProtocolError OnPing();

    /// <summary><c>PONG</c></summary>
    ProtocolError OnPong();

    /// <summary><c>RS+ account subject [queue weight]</c>: the other server wants such messages; the queue is empty where none is given.</summary>
    ProtocolError OnInterest(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight);

    /// <summary><c>RS- account subject [queue]</c>: it does not any more.</summary>
    ProtocolError OnInterestEnded(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup);

    /// <summary><c>RMSG</c> or <c>HMSG</c> with all of its payload.</summary>
    ProtocolError OnMessage(in RouteMessageCommand command);

    /// <summary><c>-ERR 'text'</c>: the other server gives up on this route.</summary>
    ProtocolError OnError(ReadOnlySpan<byte> text);
}
