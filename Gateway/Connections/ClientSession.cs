using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>One client from INFO to the last byte: admits it, serves it, and ends the connection in order.</summary>
internal sealed partial class ClientSession : IDisposable
{
    private readonly ConnectionServices _services;
    private readonly LivenessTimer _liveness;
    private readonly ClientLogin _login;
    private readonly IClientOperationParser _parser;

    public ClientSession(ClientConnection connection, IConnectionTransport transport, ConnectionServices services)
    {
        Connection = connection;
        _services = services;
        _parser = CreateParser();
        Reader = new ConnectionReader(connection, transport, _parser, services);
        _liveness = new LivenessTimer(connection, () => LivenessLimits.OfClients(services.Options), services.Time);
        _login = new ClientLogin(connection, Reader, services);
        connection.Session = this;
    }

    public ClientConnection Connection { get; }

    public ConnectionReader Reader { get; }

    public bool IsAuthenticated => _login.IsAccepted;

    /// <inheritdoc cref="ClientLogin.Gate"/>
    public Lock RightsGate => _login.Gate;

    private string UserName => string.IsNullOrEmpty(Connection.Options.Login) ? "N/A" : Connection.Options.Login;

    /// <summary>Serves the client until it or the server ends the connection. Without an INFO line it was told already.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> infoLine)
    {
        Task writing = Connection.RunWriterAsync();
        bool isAdmitted = _services.Registry.TryAdd(Connection, _services.Options.MaxClients);

        // Only now, so that of two settings it does not begin with the old ones and miss the change.
        _login.Begin();
        TakeSettings();
        if (!infoLine.IsEmpty) Connection.Dispatcher.Append(Connection, infoLine.Span);
        Connection.Dispatcher.Flush();
        LogConnected(_services.Logger, Connection);
        if (isAdmitted)
        {
            _liveness.Start(awaitConnect: !IsAuthenticated);
            await Reader.RunAsync();
        }
        else
        {
            Connection.Fail(ProtocolError.MaxConnectionsExceeded);
        }

        _liveness.Dispose();
        await EndAsync(writing);
    }

    public void Dispose() => _liveness.Dispose();

    /// <summary>Goes by the settings as they are now. Any thread.</summary>
    public void TakeSettings()
    {
        _parser.Limit(_services.Options);
        _login.JudgeAgain();
    }

    public ProtocolError Authenticate(ConnectOptions options)
    {
        ProtocolError error = _login.Judge(options);
        if (error == ProtocolError.None) _liveness.OnConnected();
        return error;
    }

    public void OnPong() => _liveness.OnPong();

    /// <summary>From here on the client hears of changes, of those that it has just missed first.</summary>
    public void BeginUpdates()
    {
        Connection.TakesInfo = true;
        _services.Description.Update(Connection);
    }

    public ProtocolError CheckSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid)
    {
        GatewayOptions options = _services.Options;
        bool isForbidden = SubjectRules.IsReservedQueueGroup(queueGroup)
            || (Connection.Permissions is { } permissions && !permissions.AllowSubscribe(subject, queueGroup));
        if (isForbidden) return ProtocolError.SubscriptionViolation;
        if (options.MaxSubscriptions > 0 && Connection.Subscriptions.Count >= options.MaxSubscriptions) return ProtocolError.MaxSubscriptionsExceeded;
        bool isTooDeep = options.MaxSubscriptionTokens > 0 && SubjectRules.CountTokens(subject) > options.MaxSubscriptionTokens;
        if (isTooDeep) return ProtocolError.TooManyTokens;
        return SubjectRules.IsValid(subject) || Connection.Subscriptions.Contains(sid) ? ProtocolError.None : ProtocolError.InvalidSubject;
    }

    /// <summary>Tells a client that it may not publish there, and the log.</summary>
    public void RefusePublish(ReadOnlySpan<byte> subject)
    {
        Connection.Dispatcher.Append(Connection, ProtocolErrors.PublishViolationLine(subject));
        LogPublishViolation(_services.Logger, Connection, UserName, "Subject", GoQuote.Quote(subject));
    }

    /// <summary>Tells a client that it may not ask for answers there, and the log.</summary>
    public void RefuseReply(ReadOnlySpan<byte> replyTo)
    {
        Connection.Dispatcher.Append(Connection, ProtocolErrors.ReplyViolationLine(replyTo));
        LogPublishViolation(_services.Logger, Connection, UserName, "Reply", GoQuote.Quote(replyTo));
    }

    /// <summary>Tells a client that it may not subscribe to that, and the log.</summary>
    public void RefuseSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid)
    {
        Connection.Dispatcher.Append(Connection, ProtocolErrors.SubscriptionViolationLine(subject, queueGroup));
        string queue = queueGroup.IsEmpty ? "" : $", Queue: {GoQuote.Quote(queueGroup)}";
        LogSubscriptionViolation(_services.Logger, Connection, UserName, GoQuote.Quote(subject), queue, Encoding.UTF8.GetString(sid));
    }

    /// <summary>Tells the requester that nobody took its request, if one of its own subscriptions takes the reply.</summary>
    public void SendNoResponders(ReadOnlySpan<byte> replyTo)
    {
        foreach (ClientSubscription subscription in Connection.Dispatcher.Match(replyTo).Plain)
        {
            if (!ReferenceEquals(subscription.Connection, Connection)) continue;
            ReadOnlySpan<byte> block = ServerWriter.NoResponders;
            Connection.Dispatcher.Append(Connection, [.. "HMSG "u8, .. replyTo, (byte)' ', .. subscription.Sid, .. " 16 16\r\n"u8, .. block, .. "\r\n"u8]);
            return;
        }
    }

    private IClientOperationParser CreateParser()
    {
        var commands = new ClientCommands(this);
        return Connection.Trace is { } trace
            ? new ClientOperationParser<TracingCommands>(_services.Options, new TracingCommands(commands, trace))
            : new ClientOperationParser<ClientCommands>(_services.Options, commands);
    }

    private async Task EndAsync(Task writing)
    {
        ClosedReason reason = Connection.ClosedReason ?? ClosedReason.ClientClosed;
        if (reason is ClosedReason.SlowConsumerPendingBytes or ClosedReason.SlowConsumerWriteDeadline) LogSlowConsumer(_services.Logger, Connection, ClosedReasons.Text(reason));
        LogClosed(_services.Logger, Connection, ClosedReasons.Text(reason));
        string[] subjects = [.. Connection.Subscriptions.Snapshot().Select(static one => Encoding.UTF8.GetString(one.Subject))];
        await Connection.EndAsync(writing, _services.Options.WriteDeadline, _services.Time);
        _services.Registry.Remove(Connection, new ClosedConnection(
            Connection.Id, Connection.RemoteEndPoint, Connection.Encryption, Connection.Options, Connection.Statistics, ConnectionTotals.Of(Connection), subjects, reason));
    }
}
