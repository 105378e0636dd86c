using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Whether a client may publish to the channel that its message names. What it may publish to is said about NATS subjects, and the one that
/// it used may be another channel's.
/// </summary>
internal sealed class PublishRights(string publishPrefix)
{
    private const int UsualBytes = 512;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(publishPrefix + ".");

    /// <summary>On the publisher's read loop only.</summary>
    public bool Allow(in PublishedMessage message, ReadOnlySpan<byte> channel)
    {
        int length = _prefix.Length + channel.Length;
        if (message.Subject.Length == length && message.Subject.EndsWith(channel)) return true;

        // What somebody else's client may do nobody knows here.
        if (message.Publisher is not ClientConnection client) return false;
        if (client.Permissions is not { } permissions) return true;

        Span<byte> subject = length <= UsualBytes ? stackalloc byte[length] : new byte[length];
        _prefix.CopyTo(subject);
        channel.CopyTo(subject[_prefix.Length..]);
        return permissions.AllowPublish(subject);
    }
}
