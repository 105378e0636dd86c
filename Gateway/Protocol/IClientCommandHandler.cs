namespace Bayou.Gateway.Protocol;

/// <summary>
/// What a client can ask for. Spans are valid only during the call. Each answers <see cref="ProtocolError.None"/>, or the error
/// that ends parsing.
/// </summary>
public interface IClientCommandHandler
{
    /// <summary>Whether anything but CONNECT is out of place because the client has not said who it is.</summary>
    bool IsConnectRequired { get; }

    /// <summary>
    /// Called with the line of each operation but PING, PONG and +OK as soon as it is there, before it is examined and before the
    /// call that carries it out; more than once where its payload is still on the way. For handlers that only watch.
    /// </summary>
    void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments);

    /// <summary><c>CONNECT {json}</c></summary>
    ProtocolError OnConnect(ReadOnlySpan<byte> json);

    /// <summary><c>INFO {json}</c></summary>
    ProtocolError OnInfo(ReadOnlySpan<byte> json);

    /// <summary><c>PING</c></summary>
    ProtocolError OnPing();

    /// <summary><c>PONG</c></summary>
    ProtocolError OnPong();

    /// <summary><c>SUB subject [queue group] sid</c>; the queue group is empty where none is given.</summary>
    ProtocolError OnSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid);

    /// <summary><c>UNSUB sid [max]</c>; 0 means now, and stands for whatever is not a number as well.</summary>
    ProtocolError OnUnsubscribe(ReadOnlySpan<byte> sid, int maxDeliveries);

    /// <summary><c>PUB</c> or <c>HPUB</c> with all of its payload.</summary>
    ProtocolError OnPublish(in PublishCommand command);
}
