using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>What this server does for each operation of another one.</summary>
internal readonly struct RouteCommands(RouteSession session) : IRouteCommandHandler
{
    private RouteConnection Route => session.Route;

    public bool IsConnectRequired => !session.IsAuthenticated;

    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
        // Nothing to watch here.
    }

    public ProtocolError OnConnect(ReadOnlySpan<byte> json)
    {
        ProtocolError error = RouteConnect.TryRead(json, out RouteConnect connect);
        if (error != ProtocolError.None) return error;
        return session.TryAuthenticate(connect) ? session.Mesh.OnConnect(Route, connect) : ProtocolError.AuthorizationViolation;
    }

    public ProtocolError OnInfo(ReadOnlySpan<byte> json)
    {
        ProtocolError error = RouteInfo.TryRead(json, out RouteInfo info);
        return error == ProtocolError.None ? session.Mesh.OnInfo(Route, info) : error;
    }

    public ProtocolError OnPing()
    {
        Route.Dispatcher.Append(Route, ServerWriter.Pong);
        return ProtocolError.None;
    }

    public ProtocolError OnPong()
    {
        session.OnPong();
        return ProtocolError.None;
    }

    /// <summary>Other accounts than the one that there is are the other server's own business.</summary>
    public ProtocolError OnInterest(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight)
    {
        bool isOurs = Route.IsRegistered && account.SequenceEqual(RouteWriter.Account) && SubjectRules.IsValid(subject);
        if (isOurs) Route.Subscriptions.Set(subject, queueGroup, weight);
        return ProtocolError.None;
    }

    public ProtocolError OnInterestEnded(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup)
    {
        if (account.SequenceEqual(RouteWriter.Account)) Route.Subscriptions.Remove(subject, queueGroup);
        return ProtocolError.None;
    }

    public ProtocolError OnMessage(in RouteMessageCommand command)
    {
        session.Reader.CountMessage(command.Headers.Length + command.Payload.Length);
        if (!Route.IsRegistered || !command.Account.SequenceEqual(RouteWriter.Account)) return ProtocolError.None;
        var message = new PublishedMessage
        {
            Publisher = Route,
            Subject = command.Subject,
            ReplyTo = command.ReplyTo,
            Headers = command.Headers,
            Payload = command.Payload,
            HeaderSizeDigits = command.HeaderSizeDigits,
            TotalSizeDigits = command.TotalSizeDigits,
        };
        Route.Dispatcher.DispatchRouted(message, command.QueueGroups, Route);
        return ProtocolError.None;
    }

    public ProtocolError OnError(ReadOnlySpan<byte> text)
    {
        session.OnError(Encoding.UTF8.GetString(text));
        return ProtocolError.ErrorFromRoute;
    }
}
