using System.Text;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Stan;

/// <summary>One registered STAN client on a NATS connection of its own: registers, answers heartbeats, makes requests, closes.</summary>
public sealed class StanSession
{
    private readonly string _requestInbox = UniqueName.Inbox();
    private readonly int _requestSid;
    private readonly int _heartbeatSid;
    private readonly StanSubjects _subjects;

    private StanSession(NatsConnection connection, string clusterId, string clientId)
    {
        Connection = connection;
        ClientId = clientId;
        _requestSid = connection.Subscribe(_requestInbox);
        string heartbeatInbox = UniqueName.Inbox();
        _heartbeatSid = connection.Subscribe(heartbeatInbox);
        var request = new ProtobufWriter().Field(1, clientId).Field(2, heartbeatInbox).Field(3, 1).Field(4, ConnId).Field(5, 5).Field(6, 88);
        _subjects = StanSubjects.Parse(Request($"_STAN.discover.{clusterId}", request));
    }

    /// <summary>Registers a client with the streaming server of that cluster id.</summary>
    public static StanSession Open(Crew crew, string clusterId, string role) => Open(crew.Connect("load-" + role), clusterId, role);

    /// <inheritdoc cref="Open(Crew, string, string)"/>
    public static StanSession Open(NatsConnection connection, string clusterId, string role) =>
        new(connection, clusterId, $"load-{UniqueName.Token()}-{role}");

    public NatsConnection Connection { get; }

    public string ClientId { get; }

    /// <summary>The bytes that identify this connection in publishes.</summary>
    public byte[] ConnId { get; } = Encoding.ASCII.GetBytes(UniqueName.Token());

    /// <summary>NATS subject for publishes to <paramref name="channel"/>.</summary>
    public string PublishSubject(string channel) => $"{_subjects.PublishPrefix}.{channel}";

    /// <summary>Answers a heartbeat; false when the message is something else.</summary>
    public bool TryAnswerHeartbeat(in Message message)
    {
        if (message.Sid != _heartbeatSid)
            return false;
        Connection.Publish(Encoding.UTF8.GetString(message.ReplyTo), null, []);
        return true;
    }

    /// <summary>Subscribes <paramref name="inbox"/> to a channel and returns the inbox for acknowledgements.</summary>
    public string Subscribe(string channel, string inbox, int maxInFlight, StartPosition start)
    {
        var request = new ProtobufWriter().Field(1, ClientId).Field(2, channel).Field(4, inbox).Field(5, maxInFlight).Field(6, 30).Field(10, (long)start);
        var response = new ProtobufReader(Request(_subjects.Subscribe, request));
        string ackInbox = "";
        while (response.Next())
        {
            if (response.Field == 2)
                ackInbox = Encoding.UTF8.GetString(response.Bytes);
            else if (response.Field == 3)
                throw new LoadException($"The server refused a subscription: {Encoding.UTF8.GetString(response.Bytes)}");
        }

        return ackInbox;
    }

    /// <summary>Unregisters the client. Anything but the answer is a message too many.</summary>
    public void Close()
    {
        var response = new ProtobufReader(Request(_subjects.Close, new ProtobufWriter().Field(1, ClientId)));
        while (response.Next())
        {
            if (response.Field == 1)
                throw new LoadException($"The server refused to close a client: {Encoding.UTF8.GetString(response.Bytes)}");
        }
    }

    private ReadOnlySpan<byte> Request(string subject, ProtobufWriter request)
    {
        Connection.Publish(subject, _requestInbox, request.ToArray());
        while (true)
        {
            var message = Connection.Receive();
            if (message.IsNoResponders)
                throw new LoadException($"No streaming server answers on {subject}.");
            if (message.Sid == _requestSid)
                return message.Payload;
            if (!TryAnswerHeartbeat(message))
                throw new LoadException("A message or an acknowledgement too many arrived.");
        }
    }
}
