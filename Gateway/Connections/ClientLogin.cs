using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>Whether a client is let in, and what it may do then. A client may send CONNECT again, as another user.</summary>
internal sealed class ClientLogin(ClientConnection connection, ConnectionReader reader, ConnectionServices services)
{
    private bool? _verdict;

    public bool IsAccepted { get; private set; } = !services.Authenticator.IsRequired;

    /// <summary>
    /// Judges what the client gave. Where comparing takes long it is done elsewhere; the reader waits, and has CONNECT judged again when there is a verdict.
    /// </summary>
    public ProtocolError Judge(ConnectOptions options)
    {
        LoginAttempt? attempt = services.Authenticator.Find(options, connection.Nonce);
        if (attempt is { IsSlow: true } && _verdict is null)
        {
            reader.Suspend(VerifyAsync(attempt));
            return ProtocolError.Undecided;
        }

        IsAccepted = attempt is not null && (_verdict ?? attempt.IsTrue());
        _verdict = null;
        if (!IsAccepted) return ProtocolError.AuthorizationViolation;
        Become(attempt!.Rules);
        return ProtocolError.None;
    }

    private async Task VerifyAsync(LoginAttempt attempt) => _verdict = await services.PasswordChecks.VerifyAsync(attempt, () => connection.IsClosed);

    /// <summary>From here on these rules hold. Subscriptions that they forbid end; the others go on.</summary>
    private void Become(UserRules? rules)
    {
        if (rules is null)
        {
            connection.Permissions = null;
            return;
        }

        var permissions = new ConnectionPermissions(rules, services.Time);
        foreach (ClientSubscription subscription in connection.Subscriptions.Snapshot())
        {
            if (permissions.AllowSubscribe(subscription.Subject, subscription.QueueGroup)) continue;
            connection.Outbound.EndSubscription(subscription, maxDeliveries: 0);
            connection.Subscriptions.Remove(subscription);
            connection.Dispatcher.Append(connection, ProtocolErrors.SubscriptionEndedLine(subscription.Subject, subscription.Sid));
        }

        connection.Permissions = permissions;
    }
}
