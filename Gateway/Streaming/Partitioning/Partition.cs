using System.Text;
using Bayou.Grains.Interfaces;

namespace Bayou.Gateway.Streaming.Partitioning;

/// <summary>
/// The channels of a server that shares its cluster id with others, each of which has some: with <c>partitioning</c>, those that the limits
/// name. What is for another server's channel goes unanswered here. Every server welcomes every client.
/// </summary>
/// <param name="channels">Names and patterns.</param>
/// <param name="server">Stays with the data directory. Servers number their subscriptions alike, so ack inboxes say whose they are.</param>
public sealed class Partition(IEnumerable<string> channels, Guid server)
{
    private const string InboxPrefix = "_INBOX.";

    private readonly string[] _channels = [.. channels.Order(StringComparer.Ordinal)];
    private readonly string _ackPrefix = $"{InboxPrefix}{server:N}.";

    /// <summary>
    /// How long a client that is not known may take to become so: what it sends here may overtake its connect request, which another server was
    /// the first to answer.
    /// </summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Names and patterns, in ordinal order.</summary>
    public IReadOnlyList<string> Channels => _channels;

    /// <summary>The subject on which acks for this server's subscriptions arrive.</summary>
    internal string AckSubject => _ackPrefix + "*";

    /// <summary>Bytes of a subject before the token that says what is acknowledged.</summary>
    internal int AckPrefixLength => _ackPrefix.Length;

    /// <summary>Whether this server has a channel.</summary>
    public bool Owns(string channel) => PlaceOf(channel) >= 0;

    /// <summary>The first of another server's channels that this one has, too; null if there is none.</summary>
    public string? FindConflict(IEnumerable<string> others) =>
        others.FirstOrDefault(other => Array.Exists(_channels, own => ChannelPattern.Overlap(own, other)));

    /// <summary>The first entry that a channel belongs to; -1 for none. Entries may overlap, and a message is to be taken once.</summary>
    internal int PlaceOf(string channel) => Array.FindIndex(_channels, pattern => ChannelPattern.Matches(pattern, channel));

    internal bool Owns(ReadOnlySpan<byte> channel) => Owns(Encoding.UTF8.GetString(channel));

    /// <summary>An ack inbox as clients get it.</summary>
    internal string ToClient(string ackInbox) => _ackPrefix + ackInbox[InboxPrefix.Length..];

    /// <summary>An inbox that a client named: an ack inbox as the channel knows it, anything else as it is.</summary>
    internal string FromClient(string inbox) =>
        inbox.StartsWith(_ackPrefix, StringComparison.Ordinal) ? string.Concat(InboxPrefix, inbox.AsSpan(_ackPrefix.Length)) : inbox;
}
