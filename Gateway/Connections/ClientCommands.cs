using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>What the server does for each operation of one client.</summary>
internal readonly struct ClientCommands(ClientSession session) : IClientCommandHandler
{
    private ClientConnection Connection => session.Connection;

    public bool IsConnectRequired => !session.IsAuthenticated;

    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
        // Nothing to watch here.
    }

    public ProtocolError OnConnect(ReadOnlySpan<byte> json)
    {
        ConnectOptions options = Connection.Options;
        if (!ConnectReader.TryRead(json, ref options)) return ProtocolError.BadArguments;
        Connection.Options = options;
        ProtocolError refusal = session.Authenticate(options);
        if (refusal != ProtocolError.None) return refusal;
        if (options.Protocol is not (0 or 1)) return ProtocolError.InvalidClientProtocol;
        if (options is { NoResponders: true, Headers: false }) return ProtocolError.NoRespondersRequiresHeaders;
        AcknowledgeIfVerbose();
        return ProtocolError.None;
    }

    /// <summary>Clients have nothing to tell about themselves here; an object is ignored, anything else is an error.</summary>
    public ProtocolError OnInfo(ReadOnlySpan<byte> json)
    {
        var ignored = new ConnectOptions();
        return ConnectReader.TryRead(json, ref ignored) ? ProtocolError.None : ProtocolError.BadArguments;
    }

    public ProtocolError OnPing()
    {
        Send(ServerWriter.Pong);
        if (!Connection.TakesInfo && Connection.Options.Protocol > 0) session.BeginUpdates();
        return ProtocolError.None;
    }

    public ProtocolError OnPong()
    {
        session.OnPong();
        return ProtocolError.None;
    }

    public ProtocolError OnSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid)
    {
        lock (session.RightsGate) return Subscribe(subject, queueGroup, sid);
    }

    public ProtocolError OnUnsubscribe(ReadOnlySpan<byte> sid, int maxDeliveries)
    {
        if (Connection.Subscriptions.Find(sid) is { } subscription && Connection.Outbound.EndSubscription(subscription, maxDeliveries))
        {
            Connection.Subscriptions.Remove(subscription);
        }

        AcknowledgeIfVerbose();
        return ProtocolError.None;
    }

    public ProtocolError OnPublish(in PublishCommand command)
    {
        ConnectOptions options = Connection.Options;
        if (!command.HeaderSizeDigits.IsEmpty && !options.Headers) return ProtocolError.BadArguments;
        session.Reader.CountMessage(command.Headers.Length + command.Payload.Length);
        if (options.Pedantic && !SubjectRules.IsValidLiteral(command.Subject)) Send(ProtocolErrors.Line(ProtocolError.InvalidPublishSubject));
        if (RefusePublish(command)) return ProtocolError.None;
        AcknowledgeIfVerbose();

        PublishOutcome outcome = Connection.Dispatcher.Dispatch(new PublishedMessage
        {
            Publisher = Connection,
            Subject = command.Subject,
            ReplyTo = command.ReplyTo,
            Headers = command.Headers,
            Payload = command.Payload,
            HeaderSizeDigits = command.HeaderSizeDigits,
            TotalSizeDigits = command.TotalSizeDigits,
        });
        session.Reader.Watch(outcome.MostPending);
        if (outcome.ReceiverCount == 0 && options.NoResponders && !command.ReplyTo.IsEmpty) session.SendNoResponders(command.ReplyTo);
        return ProtocolError.None;
    }

    private ProtocolError Subscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid)
    {
        ProtocolError refusal = session.CheckSubscribe(subject, queueGroup, sid);
        if (refusal != ProtocolError.None)
        {
            if (refusal == ProtocolError.SubscriptionViolation) session.RefuseSubscribe(subject, queueGroup, sid);
            else Send(refusal == ProtocolError.TooManyTokens ? ProtocolErrors.TooManyTokensLine(subject) : ProtocolErrors.Line(refusal));
            return ProtocolError.None;
        }

        var subscription = new ClientSubscription(
            Connection, subject.ToArray(), queueGroup.IsEmpty ? null : queueGroup.ToArray(), sid.ToArray());
        Connection.Subscriptions.TryAdd(subscription);
        AcknowledgeIfVerbose();
        return ProtocolError.None;
    }

    /// <summary>Whether the message goes where the client may not publish, or wants its answer at a subject that belongs to servers.</summary>
    private bool RefusePublish(in PublishCommand command)
    {
        bool isForbidden = SubjectRules.IsReservedForServers(command.Subject)
            || (Connection.Permissions is { } permissions && !permissions.AllowPublish(command.Subject));
        if (!isForbidden && !SubjectRules.IsReservedReply(command.ReplyTo)) return false;
        if (isForbidden) session.RefusePublish(command.Subject);
        else session.RefuseReply(command.ReplyTo);
        return true;
    }

    private void AcknowledgeIfVerbose()
    {
        if (Connection.Options.Verbose) Send(ServerWriter.Ok);
    }

    private void Send(ReadOnlySpan<byte> line) => Connection.Dispatcher.Append(Connection, line);
}
