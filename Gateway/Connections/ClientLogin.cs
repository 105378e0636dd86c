using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

/// <summary>
/// Whether a client is let in, and what it may do then. A client may send CONNECT again, as another user, and is judged again when the users
/// have changed.
/// </summary>
internal sealed partial class ClientLogin(ClientConnection connection, ConnectionReader reader, ConnectionServices services)
{
    private Authenticator? _authenticator;
    private LoginAttempt? _judged;
    private bool _verdict;

    public bool IsAccepted { get; private set; }

    /// <summary>Held while what the client may do changes. Who asks for it and acts on the answer holds it as well.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Called once, when the client is registered: from there on it hears of changes.</summary>
    public void Begin()
    {
        lock (Gate) IsAccepted = !services.Authenticator.IsRequired;
    }

    /// <summary>
    /// Judges what the client gave. Where comparing takes long it is done elsewhere; the reader waits, and has CONNECT judged again when there is a verdict.
    /// </summary>
    public ProtocolError Judge(ConnectOptions options)
    {
        lock (Gate)
        {
            Authenticator authenticator = services.Authenticator;
            LoginAttempt? attempt = authenticator.Find(options, connection.Nonce);
            if (attempt is not null && IsUndecided(attempt))
            {
                reader.Suspend(VerifyAsync(attempt));
                return ProtocolError.Undecided;
            }

            IsAccepted = attempt is not null && IsTrue(attempt);
            if (!IsAccepted) return ProtocolError.AuthorizationViolation;
            Become(attempt!, authenticator);
            return ProtocolError.None;
        }
    }

    /// <summary>
    /// Judges a client that was let in by those who may be clients now. As from nats-server, one whose user is no more goes without a word. The rules of
    /// its user hold at once, even where comparing its password takes long. Any thread.
    /// </summary>
    public void JudgeAgain()
    {
        lock (Gate)
        {
            Authenticator authenticator = services.Authenticator;
            if (!IsAccepted || connection.IsClosed || ReferenceEquals(authenticator, _authenticator)) return;
            LoginAttempt? attempt = authenticator.Find(connection.Options, connection.Nonce);
            if (attempt is not null && IsUndecided(attempt))
            {
                Take(attempt.Rules, authenticator);
                _ = VerifyAgainAsync(attempt, authenticator);
            }
            else if (attempt is not null && IsTrue(attempt))
            {
                Become(attempt, authenticator);
            }
            else
            {
                SendAway(isUnknown: attempt is null && !string.IsNullOrEmpty(connection.Options.Login));
            }
        }
    }

    private bool IsUndecided(LoginAttempt attempt) => attempt.IsSlow && !IsJudged(attempt);

    private bool IsTrue(LoginAttempt attempt) => IsJudged(attempt) ? _verdict : attempt.IsTrue();

    private bool IsJudged(LoginAttempt attempt) => attempt.Question == _judged?.Question;

    private async Task VerifyAsync(LoginAttempt attempt)
    {
        bool verdict = await services.PasswordChecks.VerifyAsync(attempt, () => connection.IsClosed);
        lock (Gate) (_judged, _verdict) = (attempt, verdict);
    }

    /// <summary>Where nobody can say whether the password is right, it is not.</summary>
    private async Task VerifyAgainAsync(LoginAttempt attempt, Authenticator authenticator)
    {
        bool verdict = false;
        try
        {
            verdict = await services.PasswordChecks.VerifySharedAsync(attempt);
        }
        catch (Exception failure)
        {
            LogNotCompared(services.Logger, failure, connection);
        }

        lock (Gate)
        {
            // The users may have changed once more meanwhile.
            if (!ReferenceEquals(authenticator, _authenticator)) return;
            (_judged, _verdict) = (attempt, verdict);
            if (!verdict && !connection.IsClosed) SendAway(isUnknown: false);
        }
    }

    /// <summary>It may do nothing any more, with what it has sent already neither.</summary>
    private void SendAway(bool isUnknown)
    {
        IsAccepted = false;
        LogNotAnyMore(services.Logger, connection, GoQuote.Quote(Encoding.UTF8.GetBytes(connection.Options.Login ?? "")));
        foreach (ClientSubscription subscription in connection.Subscriptions.Snapshot()) End(subscription);
        if (isUnknown) connection.CloseAfterFlush(ClosedReason.ClientClosed);
        else connection.Fail(ProtocolError.AuthorizationViolation);
    }

    /// <summary>From here on the rules of this user hold. Subscriptions that they forbid end; the others go on.</summary>
    private void Become(LoginAttempt attempt, Authenticator authenticator)
    {
        (_judged, _verdict) = (attempt, true);
        Take(attempt.Rules, authenticator);
    }

    private void Take(UserRules? granted, Authenticator authenticator)
    {
        _authenticator = authenticator;
        if (granted is not { } rules)
        {
            connection.Permissions = null;
            return;
        }

        var permissions = new ConnectionPermissions(rules, services.Time);
        foreach (ClientSubscription subscription in connection.Subscriptions.Snapshot())
        {
            if (permissions.AllowSubscribe(subscription.Subject, subscription.QueueGroup)) continue;
            End(subscription);
            connection.Send(ProtocolErrors.SubscriptionEndedLine(subscription.Subject, subscription.Sid));
        }

        connection.Permissions = permissions;
    }

    private void End(ClientSubscription subscription)
    {
        connection.Outbound.EndSubscription(subscription, maxDeliveries: 0);
        connection.Subscriptions.Remove(subscription);
    }

    [LoggerMessage(1008, LogLevel.Error, "{Connection} - authentication error - User {User}")]
    private static partial void LogNotAnyMore(ILogger logger, ClientConnection connection, string user);

    [LoggerMessage(1009, LogLevel.Error, "{Connection} - its password could not be compared")]
    private static partial void LogNotCompared(ILogger logger, Exception failure, ClientConnection connection);
}
