using Bayou.Checker;
using Bayou.Records;

namespace Bayou.Simulation.Workload;

/// <summary>Messages that a gateway sends together, under one number for all its tries.</summary>
internal sealed class PublishBatch
{
    private readonly List<(SimulatedConnection Connection, Value Value, byte[] Payload)> _messages = [];

    public ulong Number { get; set; }

    public int Count => _messages.Count;

    public int Bytes { get; private set; }

    /// <summary>When it is given up.</summary>
    public TimeSpan Deadline { get; set; }

    /// <summary>The try that is under way, counting from 1; an answer to an earlier one that says nothing for certain is ignored.</summary>
    public int Tries { get; set; }

    public IEnumerable<(SimulatedConnection Connection, Value Value)> Messages => _messages.Select(static message => (message.Connection, message.Value));

    public byte[] FirstPayload => _messages[0].Payload;

    public void Add(SimulatedConnection connection, Value value, byte[] payload)
    {
        _messages.Add((connection, value, payload));
        Bytes += payload.Length;
    }

    /// <summary>The batch as a gateway encodes it, anew for each try: the leader stamps it in place, and what is ahead may have changed.</summary>
    public byte[] Encode(ulong origin, int ahead)
    {
        var builder = new RecordBatchBuilder();
        foreach (var (_, _, payload) in _messages)
        {
            builder.Add(subject: [], replyTo: [], messageId: [], headers: [], payload);
        }

        return builder.Build(origin, Number, (uint)ahead).ToArray();
    }
}
