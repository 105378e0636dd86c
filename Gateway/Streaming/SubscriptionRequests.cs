using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Gateway.Streaming.Partitioning;
using Bayou.Gateway.Streaming.Wire;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Answers subscribe, unsubscribe and subscription close. <paramref name="adopted"/> are ack inboxes that another server gave out, with
/// those that stand for them here. What is for a channel outside of <paramref name="partition"/> goes unanswered: another server has it.
/// </summary>
internal sealed class SubscriptionRequests(
    SessionCache sessions, IGrainFactory grains, IReadOnlyDictionary<string, AckInbox> adopted, TimeProvider time, Partition? partition)
{
    public async Task SubscribeAsync(StreamingRequest request)
    {
        if (!SessionRequests.TryParse(SubscriptionRequest.Parser, request.Payload, out var subscribe))
        {
            Refuse(request, StanErrors.InvalidSubscribe);
            return;
        }

        if (Validate(subscribe) is { } error)
        {
            Refuse(request, error);
            return;
        }

        if (IsForeign(subscribe.Subject))
        {
            return;
        }

        var channel = new ChannelName(subscribe.Subject);
        var session = await sessions.WaitForAsync(new ClientId(subscribe.ClientID), givenUp: request.GivenUp);
        if (session is null && partition is not null)
        {
            Refuse(request, StanErrors.InvalidSubscribe);
            return;
        }

        if (session is null || !await KnowsChannelAsync(session, channel, request.GivenUp))
        {
            Refuse(request, StanErrors.UnknownClient);
            return;
        }

        var asked = ToGrain(subscribe, session);
        var result = await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IChannelGrain>(channel.Value).SubscribeAsync(asked), request.GivenUp);
        if (result.Error is { } refusal)
        {
            Refuse(request, refusal);
            return;
        }

        // The client must have its answer before its first message: some drop what comes earlier.
        request.Answer(new SubscriptionResponse { AckInbox = partition?.ToClient(result.AckInbox) ?? result.AckInbox });
        if (AckInbox.TryParse(result.AckInbox, out var inbox))
        {
            await LeaderCalls.RetryAsync(
                time, () => grains.GetGrain<ISubscriptionGrain>(inbox.Subscription.ToGrainKey()).StartAsync(new MemberId(result.MemberId)));
        }
    }

    /// <summary>Forgets a durable's position, too.</summary>
    public Task UnsubscribeAsync(StreamingRequest request) => EndAsync(request, remove: true);

    /// <summary>Keeps a durable's position.</summary>
    public Task CloseAsync(StreamingRequest request) => EndAsync(request, remove: false);

    private static string? Validate(SubscriptionRequest subscribe) =>
        subscribe.ClientID.Length == 0 ? StanErrors.MissingClient
        : subscribe.AckWaitInSecs < 1 ? StanErrors.InvalidAckWait
        : subscribe.MaxInFlight < 1 ? StanErrors.InvalidMaxInFlight
        : subscribe.StartPosition is < (int)StartPosition.NewOnly or > (int)StartPosition.First ? StanErrors.InvalidStart
        : !StanNames.IsChannel(Encoding.UTF8.GetBytes(subscribe.Subject)) ? StanErrors.InvalidSubject
        : null;

    private static SubscribeRequest ToGrain(SubscriptionRequest subscribe, GatewaySession session) => new()
    {
        Client = session.Client,
        Session = session.Epoch,
        Inbox = subscribe.Inbox,
        QueueGroup = subscribe.QGroup,
        DurableName = subscribe.DurableName,
        MaxInFlight = subscribe.MaxInFlight,
        AckWait = TimeSpan.FromSeconds(subscribe.AckWaitInSecs),
        StartPosition = (StartPosition)subscribe.StartPosition,
        StartSequence = subscribe.StartSequence,
        StartTimeDelta = TimeSpan.FromTicks(subscribe.StartTimeDelta / TimeSpan.NanosecondsPerTick),
        AckSecret = NewSecret(),
    };

    private static ulong NewSecret()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private async Task<bool> KnowsChannelAsync(GatewaySession session, ChannelName channel, CancellationToken givenUp)
    {
        if (session.Channels.ContainsKey(channel))
        {
            return true;
        }

        var isKnown = await LeaderCalls.RetryAsync(
            time, () => grains.GetGrain<IClientGrain>(session.Client.Value).AddChannelAsync(session.Epoch, channel), givenUp);
        if (isKnown)
        {
            session.Channels.TryAdd(channel, true);
        }

        return isKnown;
    }

    private async Task EndAsync(StreamingRequest request, bool remove)
    {
        if (!SessionRequests.TryParse(Wire.UnsubscribeRequest.Parser, request.Payload, out var unsubscribe))
        {
            Refuse(request, StanErrors.InvalidUnsubscribe);
            return;
        }

        if (!StanNames.IsChannel(Encoding.UTF8.GetBytes(unsubscribe.Subject)))
        {
            Refuse(request, StanErrors.UnknownChannel);
            return;
        }

        if (IsForeign(unsubscribe.Subject))
        {
            return;
        }

        // Acks that the client sent before this request count.
        await request.Connection.WhenAcksDeliveredAsync().WaitAsync(request.GivenUp);
        var asked = new Grains.Interfaces.Messages.UnsubscribeRequest
        {
            Client = new ClientId(unsubscribe.ClientID),
            Inbox = adopted.TryGetValue(unsubscribe.Inbox, out var own) ? own.ToString() : partition?.FromClient(unsubscribe.Inbox) ?? unsubscribe.Inbox,
            Remove = remove,
        };
        var error = await LeaderCalls.RetryAsync(
            time, () => grains.GetGrain<IChannelGrain>(unsubscribe.Subject).UnsubscribeAsync(asked), request.GivenUp);
        request.Answer(new SubscriptionResponse { Error = error ?? string.Empty });
    }

    private bool IsForeign(string channel) => partition is not null && !partition.Owns(channel);

    private static void Refuse(StreamingRequest request, string error) =>
        request.Answer(new SubscriptionResponse { Error = error });
}
