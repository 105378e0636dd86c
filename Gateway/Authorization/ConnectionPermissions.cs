using System.Runtime.CompilerServices;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// What one connection may do, with what it has asked and received. A connection that may do everything has none, and pays a look at
/// that for each message.
/// </summary>
internal sealed class ConnectionPermissions(UserRules rules, TimeProvider time)
{
    private readonly PublishVerdicts? _publish = rules.Publish.AllowAll ? null : new PublishVerdicts(rules.Publish);
    private readonly ExpectedReplies? _replies = rules.Responses is { } responses ? new ExpectedReplies(responses, time) : null;
    private volatile SubjectPatterns? _hidden;

    /// <summary>Whether it may publish there. Only its read loop asks.</summary>
    public bool AllowPublish(ReadOnlySpan<byte> subject) =>
        _publish is null || _publish.Allow(subject) || (_replies is not null && _replies.TryTake(subject));

    /// <summary>
    /// Whether it may subscribe. From the first subscription with wildcards on, messages are kept from it that it may not see. nats-server
    /// does so only where the wildcards take in all of a denied pattern; where they meet half way, it lets through what is denied.
    /// </summary>
    public bool AllowSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup)
    {
        if (!rules.Subscribe.Allow(subject, queueGroup)) return false;
        if (_hidden is null && !rules.Subscribe.Denied.IsEmpty && !SubjectRules.IsLiteral(subject)) _hidden = rules.Subscribe.Denied;
        return true;
    }

    /// <summary>Whether a message may be delivered to it, whose reply subject it may then answer. Any thread.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool AllowDelivery(in PublishedMessage message)
    {
        if (_hidden is { } hidden && hidden.Match(message.Subject)) return false;
        if (_replies is not null && !message.ReplyTo.IsEmpty) _replies.Expect(message.ReplyTo);
        return true;
    }
}
