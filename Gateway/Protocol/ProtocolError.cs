namespace Bayou.Gateway.Protocol;

/// <summary>Every way in which a client can be wrong. What each says and does is in <see cref="ProtocolErrors"/>.</summary>
public enum ProtocolError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A verb nobody knows, or a payload that does not end with CRLF.</summary>
    UnknownOperation,

    /// <summary>Arguments that make no sense: too few, too many, not a number, not JSON. The connection closes without a word.</summary>
    BadArguments,

    /// <summary>The arguments are longer than <see cref="GatewayOptions.MaxControlLineBytes"/>.</summary>
    ControlLineTooLong,

    /// <summary>A payload larger than <see cref="GatewayOptions.MaxPayloadBytes"/> was announced.</summary>
    PayloadTooLarge,

    /// <summary>Wrong credentials, or something else than CONNECT where credentials are needed.</summary>
    AuthorizationViolation,

    /// <summary>Not known yet: the credentials are being compared. The same operation is offered again when that is done.</summary>
    Undecided,

    /// <summary>No CONNECT within <see cref="GatewayOptions.AuthTimeout"/>.</summary>
    AuthenticationTimeout,

    /// <summary>CONNECT asks for a protocol level that does not exist.</summary>
    InvalidClientProtocol,

    /// <summary>CONNECT asks for no_responders without headers.</summary>
    NoRespondersRequiresHeaders,

    /// <summary>The server has <see cref="GatewayOptions.MaxConnections"/> already.</summary>
    MaxConnectionsExceeded,

    /// <summary>The client did not answer <see cref="GatewayOptions.MaxPingsOut"/> PINGs.</summary>
    StaleConnection,

    /// <summary>The connection has <see cref="GatewayOptions.MaxSubscriptions"/> already; only this SUB is refused.</summary>
    MaxSubscriptionsExceeded,

    /// <summary>SUB where the client may not subscribe; only this SUB is refused.</summary>
    SubscriptionViolation,

    /// <summary>SUB with a subject that cannot be; only this SUB is refused.</summary>
    InvalidSubject,

    /// <summary>SUB with more tokens than <see cref="GatewayOptions.MaxSubscriptionTokens"/>; only this SUB is refused.</summary>
    TooManyTokens,

    /// <summary>A pedantic client published to a subject that is not literal; the message goes on all the same.</summary>
    InvalidPublishSubject,

    /// <summary>The client itself sent -ERR.</summary>
    ErrorFromClient,

    /// <summary>The other end of a route sent -ERR.</summary>
    ErrorFromRoute,

    /// <summary>The connection is closed for a reason that was given already; the rest of the input counts for nothing.</summary>
    Rejected,
}
