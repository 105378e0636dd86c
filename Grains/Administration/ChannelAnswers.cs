using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Administration;

/// <summary>What an operator is told of actions on channels. Pure.</summary>
internal static class ChannelAnswers
{
    /// <summary>What a refusal names as the way to do it all the same.</summary>
    private const string Force = "force";

    private const int MaxNamed = 5;

    public static AdminResult NotFound(string channel, IReadOnlyCollection<string> known) => new()
    {
        Outcome = AdminOutcome.NotFound,
        Message = known.Count == 0 ? $"There is no channel {channel}, nor any other." : $"There is no channel {channel}.",
        Allowed = SimilarNames.To(channel, known),
    };

    public static AdminResult Unchanged(string channel, string message) =>
        new() { Outcome = AdminOutcome.Unchanged, Message = message, Effect = new ChannelEffect { Channel = channel } };

    public static AdminResult Purged(ChannelEffect effect) => new()
    {
        Outcome = AdminOutcome.Done,
        Message = $"{Count(effect.Messages, "message")} of channel {effect.Channel} {(effect.Messages == 1 ? "goes" : "go")}; it begins with {effect.FirstSeq}.",
        Effect = effect,
    };

    public static AdminResult Deleted(string channel, ChannelChange change)
    {
        var effect = new ChannelEffect
        {
            Channel = channel,
            Messages = change.LastSequence + 1 - change.FirstSequence,
            Durables = change.Durables,
            Clients = change.Receivers,
        };
        return change.Outcome switch
        {
            ChannelChangeOutcome.InUse => InUse($"Channel {channel}", change),
            ChannelChangeOutcome.Done => new AdminResult
            {
                Outcome = AdminOutcome.Done,
                Message = $"Channel {channel} goes, with {Count(effect.Messages, "message")} and {Count((ulong)change.Durables.Count, "durable")}.",
                Effect = effect,
                Warnings = Warnings(change),
            },
            _ => Unchanged(channel, $"There is no channel {channel}."),
        };
    }

    public static AdminResult DurableDeleted(string channel, DurableKey durable, ChannelChange change) => change.Outcome switch
    {
        ChannelChangeOutcome.InUse => InUse($"Durable {change.Durables[0]}", change),
        ChannelChangeOutcome.Ambiguous => new AdminResult
        {
            Outcome = AdminOutcome.Refused,
            Message = $"Channel {channel} has {change.Durables.Count} durables {durable}; say whose, or of which queue group.",
            Allowed = [.. change.Durables.Select(static found => found.QueueGroup is { } group ? $"queue_group {group}" : $"client_id {found.ClientId}")],
        },
        ChannelChangeOutcome.Done => new AdminResult
        {
            Outcome = AdminOutcome.Done,
            Message = $"Durable {change.Durables[0]} goes from channel {channel}, with its position.",
            Effect = new ChannelEffect
            {
                Channel = channel,
                FirstSeq = change.FirstSequence,
                LastSeq = change.LastSequence,
                Durables = change.Durables,
                Clients = change.Receivers,
            },
            Warnings = Warnings(change),
        },
        _ => Unchanged(channel, $"Channel {channel} has no durable {durable}."),
    };

    private static AdminResult InUse(string what, ChannelChange change)
    {
        var clients = change.Receivers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var named = string.Join(", ", clients.Take(MaxNamed)) + (clients.Count > MaxNamed ? ", ..." : "");
        return new AdminResult
        {
            Outcome = AdminOutcome.Refused,
            Message = $"{what} is in use by {(clients.Count == 0 ? "a client that came just now" : named)}. With force it goes all the same.",
            Allowed = [Force],
        };
    }

    private static IReadOnlyList<string> Warnings(ChannelChange change) => change.Receivers.Count == 0
        ? []
        : [$"{Count((ulong)change.Receivers.Count, "subscription")} of clients end, and the clients are not told, since the protocol has no word for that: they receive nothing more until they subscribe anew."];

    private static string Count(ulong count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}
