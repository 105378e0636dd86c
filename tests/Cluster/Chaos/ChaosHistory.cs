using System.Collections.Concurrent;
using System.Diagnostics;
using Bayou.Checker;

namespace Bayou.ClusterTests.Chaos;

/// <summary>The history of a run, as its clients tell it, with a clock.</summary>
internal sealed class ChaosHistory
{
    private const int MaxPayloadBytes = 512;

    /// <summary>Replicas are looked at after everything else, which takes its time; the run itself waits for them for a minute.</summary>
    private readonly History _history = new(settleWithin: TimeSpan.FromMinutes(10));
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<int, int> _channelOfConnection = new();

    public TimeSpan Now => Stopwatch.GetElapsedTime(_begun);

    public Names Names => _history.Names;

    /// <summary>A connection that publishes to one channel.</summary>
    public int OpenConnection(string name, int channel)
    {
        int connection = _history.OpenConnection(name);
        _channelOfConnection[connection] = channel;
        return connection;
    }

    /// <summary>A connection begins its next publish; the payload to send.</summary>
    public (Value Value, byte[] Payload) Publish(int connection)
    {
        byte[] payload = [];
        Value value = _history.Publish(connection, _channelOfConnection[connection], Now, next =>
        {
            payload = Payload.Of(next, MaxPayloadBytes);
            return Payload.HashOf(payload);
        });
        return (value, payload);
    }

    /// <summary>The channel that a message was published to; null if nobody published it.</summary>
    public int? ChannelOf(ReadOnlySpan<byte> payload) => _channelOfConnection.TryGetValue(Payload.ValueOf(payload).Connection, out int channel) ? channel : null;

    public void Add(in HistoryEvent item) => _history.Add(item with { Time = Now });

    /// <summary>Somebody was shown a message.</summary>
    public void See(EventKind kind, int actor, int channel, ulong sequence, ReadOnlyMemory<byte> payload, bool isRedelivered = false, int member = 0) => Add(new HistoryEvent
    {
        Kind = kind,
        Actor = actor,
        Channel = channel,
        Member = member,
        Sequence = sequence,
        Value = Payload.ValueOf(payload.Span),
        Hash = Payload.HashOf(payload.Span),
        IsRedelivered = isRedelivered,
    });

    public Report Finish() => _history.Finish();
}
