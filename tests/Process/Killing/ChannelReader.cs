using System.Text;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;

namespace Bayou.ProcessTests.Killing;

/// <summary>Reads a channel up to a marker, in a session of its own.</summary>
internal static class ChannelReader
{
    /// <summary>Puts a marker behind everything acknowledged so far; returns its text.</summary>
    public static async Task<string> MarkAsync(int port, string channel)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection);
        string marker = UniqueName.Next("marker");
        await client.PublishAsync(channel, marker);
        await client.CloseAsync();
        return marker;
    }

    /// <summary>Reads from a sequence on into a copy; the sequences must follow each other. Returns the marker's sequence.</summary>
    public static async Task<ulong> ReadAsync(int port, string channel, ulong first, string marker, ChannelCopy copy)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection);
        StanSubscription subscription = await client.SubscribeAsync(channel, request =>
        {
            request.StartPosition = StartPosition.SequenceStart;
            request.StartSequence = first;
        });
        for (ulong expected = first; ; expected++)
        {
            MsgProto message = await subscription.NextAsync();
            if (message.Sequence != expected) throw new InvalidOperationException($"After {expected - 1} of {channel} came {message.Sequence}.");
            subscription.Ack(message.Sequence);
            if (copy.Add(message) != marker) continue;
            await client.CloseAsync();
            return message.Sequence;
        }
    }

    /// <summary>Resumes a durable, reads it to a marker and closes it, which keeps its position.</summary>
    public static async Task ResumeAsync(int port, string clientId, string channel, string marker, ChannelCopy copy)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection, clientId);
        StanSubscription subscription = await client.SubscribeAsync(channel, static request => request.DurableName = "resting");
        string text;
        do
        {
            MsgProto message = await subscription.NextAsync();
            subscription.Ack(message.Sequence);
            text = copy.Add(message);
        }
        while (text != marker);
        string error = await subscription.CloseAsync();
        if (error.Length > 0) throw new InvalidOperationException(error);
        await client.CloseAsync();
    }
}
