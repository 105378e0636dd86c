using Bayou.Gateway.Streaming.Wire;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Google.Protobuf;

namespace Bayou.Gateway.Streaming;

/// <summary>Answers connect, ping and close.</summary>
internal sealed class SessionRequests(
    StanSubjects subjects, SessionCache sessions, IGrainFactory grains, Task serving, TimeProvider time)
{
    /// <summary>The version of the protocol that knows pings and connIDs; clients below it get none of their fields.</summary>
    private const int PingProtocol = 1;

    /// <summary>Below the shortest ping interval of a client, one second.</summary>
    private static readonly TimeSpan LongestLookup = TimeSpan.FromMilliseconds(500);

    public async Task ConnectAsync(StreamingRequest request)
    {
        if (!TryParse(Wire.ConnectRequest.Parser, request.Payload, out var connect)
            || connect.ClientID.Length == 0
            || connect.HeartbeatInbox.Length == 0)
        {
            request.Answer(new ConnectResponse { Error = StanErrors.InvalidConnect });
            return;
        }

        if (!StanNames.IsClientId(connect.ClientID))
        {
            request.Answer(new ConnectResponse { Error = StanErrors.InvalidClientId });
            return;
        }

        var client = new ClientId(connect.ClientID);
        var connId = ConnId.FromBytes(connect.ConnID.Span);
        var asked = new Grains.Interfaces.Messages.ConnectRequest
        {
            HeartbeatInbox = connect.HeartbeatInbox,
            ConnId = connId,
            Protocol = connect.Protocol,
            PingInterval = connect.PingInterval,
            PingMaxOut = connect.PingMaxOut,
        };
        var result = await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IClientGrain>(client.Value).ConnectAsync(asked), request.GivenUp);
        if (result.Error is { } error)
        {
            request.Answer(new ConnectResponse { Error = error });
            return;
        }

        sessions.Add(new SessionInfo(client, result.Session, connId, connect.HeartbeatInbox));
        request.Connection.OnSessionOpened(client, result.Session);
        request.Answer(Welcome(connect));
    }

    public async Task PingAsync(StreamingRequest request)
    {
        if (!TryParse(Ping.Parser, request.Payload, out var ping) || ping.ConnID.IsEmpty)
        {
            return;
        }

        var connId = ConnId.FromBytes(ping.ConnID.Span);
        var isReplaced = !sessions.Knows(connId) && await IsReplacedAsync(connId);
        request.Answer(new PingResponse { Error = isReplaced ? StanErrors.ClientReplaced : string.Empty });
        if (!isReplaced && serving.IsCompleted && await sessions.FindAsync(connId, request.GivenUp) is { } session)
        {
            await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IClientGrain>(session.Client.Value).PingAsync(), request.GivenUp);
        }
    }

    /// <summary>
    /// True only where it is certain. While nobody can tell, as in the first moments after a silo was lost, the client lives on: a
    /// few pings without an answer, and it would give up for good.
    /// </summary>
    private async Task<bool> IsReplacedAsync(ConnId connId)
    {
        if (!serving.IsCompleted)
        {
            return false;
        }

        try
        {
            return await sessions.FindAsync(connId).WaitAsync(LongestLookup, time) is null;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return false;
        }
    }

    public async Task CloseAsync(StreamingRequest request)
    {
        if (!TryParse(CloseRequest.Parser, request.Payload, out var close))
        {
            request.Answer(new CloseResponse { Error = StanErrors.InvalidClose });
            return;
        }

        await request.Connection.WhenAcksDeliveredAsync().WaitAsync(request.GivenUp);

        // The request names no connID. Over the connection of a session that was replaced it is meant for that one, not for its
        // successor; over any other it closes whoever holds the id, as STAN does.
        var client = new ClientId(close.ClientID);
        var expected = request.Connection.SessionOf(client);
        var isClosed = client.Value.Length > 0
            && await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IClientGrain>(client.Value).CloseAsync(expected), request.GivenUp);
        request.Answer(new CloseResponse { Error = isClosed ? string.Empty : StanErrors.UnknownClient });
    }

    internal static bool TryParse<T>(MessageParser<T> parser, byte[] payload, out T message)
        where T : class, IMessage<T>, new()
    {
        try
        {
            message = parser.ParseFrom(payload);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = new T();
            return false;
        }
    }

    private ConnectResponse Welcome(Wire.ConnectRequest connect)
    {
        var response = new ConnectResponse
        {
            PubPrefix = subjects.PublishPrefix,
            SubRequests = subjects.Subscribe,
            UnsubRequests = subjects.Unsubscribe,
            CloseRequests = subjects.Close,
            SubCloseRequests = subjects.SubscriptionClose,
            Protocol = PingProtocol,
        };
        if (connect.Protocol >= PingProtocol)
        {
            response.PingRequests = subjects.Pings;
            response.PingInterval = connect.PingInterval;
            response.PingMaxOut = connect.PingMaxOut;
        }

        return response;
    }
}
