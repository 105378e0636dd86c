using System.Collections.Concurrent;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Takes publishes to channels. The channel is the one that the message names, not the NATS subject's.</summary>
internal sealed class PublishSubscriber(
    PublishRights rights,
    SessionCache sessions,
    StreamingReplies replies,
    IGrainFactory grains,
    ILocalChannels locals,
    StreamingService service,
    TimeProvider time,
    ILogger logger,
    Partition? partition = null) : IInternalSubscriber
{
    private readonly ConcurrentDictionary<string, ChannelPublisher> _channels = new(StringComparer.Ordinal);
    private readonly bool _isTraced = logger.IsEnabled(LogLevel.Trace);

    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher)
        {
            // The server's own answers, on an inbox that a client chose in order to confuse it.
            return;
        }

        var connection = StreamingConnection.Of(publisher);
        if (!PubMsg.TryRead(message.Payload, out var publish) || !publish.IsValid)
        {
            replies.RefusePublish(message.ReplyTo, publish.Guid, StanErrors.InvalidPublish);
            return;
        }

        if (!rights.Allow(message, publish.Channel))
        {
            StreamingLog.ForeignChannel(logger, publisher, GoQuote.Quote(publish.Channel), GoQuote.Quote(message.Subject));
            replies.RefusePublish(message.ReplyTo, publish.Guid, StanErrors.InvalidPublish);
            return;
        }

        if (partition is not null && !partition.Owns(publish.Channel))
        {
            // The server that has the channel answers, if there is one.
            return;
        }

        if (_isTraced)
        {
            Trace(publish);
        }

        connection.OnPublishIssued();
        if (connection.IsDeferring || !sessions.TryFind(publish.ConnId, publish.ClientId, out _))
        {
            if (!connection.TryDefer(new DeferredPublish(message.Payload.ToArray(), message.ReplyTo.ToArray()), out var mustResolve))
            {
                Refuse(connection, publish, message.ReplyTo, StanErrors.EnqueueTimedOut);
            }
            else if (mustResolve)
            {
                _ = ResolveDeferredAsync(connection);
            }

            return;
        }

        Add(connection, publish, message.ReplyTo);
    }

    public void OnReadCompleted(Connection publisher) => SendTouched(StreamingConnection.Of(publisher));

    private static void SendTouched(StreamingConnection connection)
    {
        foreach (var channel in connection.TouchedChannels)
        {
            channel.Send();
        }

        connection.TouchedChannels.Clear();
    }

    private void Trace(in PubMsg publish) => StreamingLog.Received(
        logger, Encoding.UTF8.GetString(publish.ClientId), Encoding.UTF8.GetString(publish.Channel), Encoding.UTF8.GetString(publish.Guid));

    private void Add(StreamingConnection connection, in PubMsg publish, ReadOnlySpan<byte> ackInbox)
    {
        var channel = ChannelOf(publish.Channel);
        if (!channel.TryAdd(connection, publish, ackInbox))
        {
            Refuse(connection, publish, ackInbox, StanErrors.EnqueueTimedOut);
        }
        else if (!connection.TouchedChannels.Contains(channel))
        {
            connection.TouchedChannels.Add(channel);
        }
    }

    private ChannelPublisher ChannelOf(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[256];
        if (name.Length <= characters.Length)
        {
            var length = Encoding.UTF8.GetChars(name, characters);
            if (_channels.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters[..length], out var known))
            {
                return known;
            }
        }

        return _channels.GetOrAdd(
            Encoding.UTF8.GetString(name),
            static (text, self) => self.CreateChannel(text),
            this);
    }

    private ChannelPublisher CreateChannel(string name) =>
        new(new ChannelName(name), grains, locals, replies, Forget, time, logger);

    /// <summary>A channel that refuses may not exist at all: names that somebody made up must not pile up here.</summary>
    private void Forget(ChannelName channel) => _channels.TryRemove(channel.Value, out _);

    /// <summary>Finds out who sent what waits, one publish after the other, so that their order stays.</summary>
    private async Task ResolveDeferredAsync(StreamingConnection connection)
    {
        while (connection.TryTakeDeferred(out var deferred))
        {
            var refusal = await CheckSenderAsync(deferred.Payload);
            try
            {
                AddDeferred(connection, deferred, refusal);
            }
            catch (Exception exception)
            {
                // Those behind it must not wait for ever, either.
                StreamingLog.PublishFailed(logger, exception);
            }
        }
    }

    /// <summary>Why a publish is refused; null for one whose sender is known.</summary>
    private async Task<string?> CheckSenderAsync(byte[] payload)
    {
        var (connId, clientId) = SenderOf(payload);
        try
        {
            var withdrawn = service.Withdrawn;
            await service.Serving.WaitAsync(withdrawn);
            return await sessions.WaitForAsync(clientId, connId, withdrawn) is null ? StanErrors.InvalidPublish : null;
        }
        catch (OperationCanceledException)
        {
            return StanErrors.LeadershipLost;
        }
        catch (Exception exception)
        {
            // Whatever it was: those who wait behind this one must not wait for ever.
            StreamingLog.LookupFailed(logger, exception, clientId);
            return StanErrors.LeadershipLost;
        }
    }

    private static (ConnId ConnId, ClientId ClientId) SenderOf(byte[] payload)
    {
        PubMsg.TryRead(payload, out var publish);
        return (ConnId.FromBytes(publish.ConnId), new ClientId(Encoding.UTF8.GetString(publish.ClientId)));
    }

    private void AddDeferred(StreamingConnection connection, DeferredPublish deferred, string? refusal)
    {
        PubMsg.TryRead(deferred.Payload, out var publish);
        if (refusal is not null)
        {
            Refuse(connection, publish, deferred.ReplyTo, refusal);
            return;
        }

        var channel = ChannelOf(publish.Channel);
        if (!channel.TryAdd(connection, publish, deferred.ReplyTo))
        {
            Refuse(connection, publish, deferred.ReplyTo, StanErrors.EnqueueTimedOut);
            return;
        }

        channel.Send();
    }

    private void Refuse(StreamingConnection connection, in PubMsg publish, ReadOnlySpan<byte> ackInbox, string error)
    {
        replies.RefusePublish(ackInbox, publish.Guid, error);
        connection.OnPublishesCompleted(1);
    }
}
