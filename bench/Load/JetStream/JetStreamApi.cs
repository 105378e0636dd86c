using System.Text;
using System.Text.Json.Nodes;
using Bayou.Load.Nats;

namespace Bayou.Load.JetStream;

/// <summary>Requests to the JetStream API, on a connection of their own.</summary>
public sealed class JetStreamApi
{
    private readonly NatsConnection _connection;
    private readonly string _inbox = UniqueName.Inbox();

    public JetStreamApi(NatsConnection connection)
    {
        _connection = connection;
        connection.Subscribe(_inbox);
    }

    public void CreateStream(string name, string subject, string storage, int replicas) => Request($"STREAM.CREATE.{name}", new JsonObject
    {
        ["name"] = name,
        ["subjects"] = new JsonArray(subject),
        ["retention"] = "limits",
        ["storage"] = storage,
        ["num_replicas"] = replicas,
        ["discard"] = "old",
        ["max_consumers"] = -1,
        ["max_msgs"] = -1,
        ["max_bytes"] = -1,
        ["max_msg_size"] = -1,
    });

    public void DeleteStream(string name) => Request($"STREAM.DELETE.{name}", []);

    /// <summary>Creates a durable consumer with explicit acknowledgement: push when <paramref name="deliverSubject"/> is given, else pull.</summary>
    public void CreateConsumer(string stream, string name, string? deliverSubject, bool fromFirst, int maxAckPending)
    {
        var config = new JsonObject
        {
            ["durable_name"] = name,
            ["deliver_policy"] = fromFirst ? "all" : "new",
            ["ack_policy"] = "explicit",
            ["ack_wait"] = 30_000_000_000,
            ["max_ack_pending"] = maxAckPending,
            ["replay_policy"] = "instant",
        };
        if (deliverSubject is not null)
            config["deliver_subject"] = deliverSubject;
        // The form that old and new servers know.
        Request($"CONSUMER.DURABLE.CREATE.{stream}.{name}", new JsonObject { ["stream_name"] = stream, ["config"] = config });
    }

    private void Request(string operation, JsonObject body)
    {
        _connection.Publish("$JS.API." + operation, _inbox, Encoding.UTF8.GetBytes(body.ToJsonString()));
        var reply = _connection.Receive();
        if (reply.IsNoResponders)
            throw new LoadException("This server has no JetStream.");
        if (JsonNode.Parse(reply.Payload)?["error"] is { } error)
            throw new LoadException($"{operation}: {error["description"]}");
    }
}
