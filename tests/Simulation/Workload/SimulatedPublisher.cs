using Bayou.Checker;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>
/// Brings the publishes of one gateway to one channel, by the same rules as the server's own: numbered batches, a window of them
/// under way, each saying how many are ahead of it. When one gets no good answer, all that are under way are sent again, in order and
/// under their old numbers, to whoever may lead now; what stays unanswered for too long is given up.
/// </summary>
internal sealed class SimulatedPublisher(string gateway, ulong origin, int channel, RunServices services, Random random)
{
    private const int TargetBatchBytes = 16 << 10;

    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMilliseconds(500);

    private readonly Queue<PublishBatch> _closed = new();
    private readonly List<PublishBatch> _underWay = [];
    private readonly LeaderGuess _target = new(services, random);
    private PublishBatch _open = new();
    private ulong _nextNumber = 1;
    private TimeSpan _backOff = FirstBackOff;
    private bool _isBackingOff;

    /// <summary>Called with what became of each batch.</summary>
    public Action<EventKind>? Finished { get; set; }

    public bool IsIdle => _underWay.Count == 0 && _closed.Count == 0 && _open.Count == 0;

    private string Channel => services.Plan.Channels[channel];

    public void Add(SimulatedConnection connection, Value value, byte[] payload)
    {
        if (_open.Count > 0 && _open.Bytes + payload.Length > TargetBatchBytes)
        {
            _closed.Enqueue(_open);
            _open = new PublishBatch();
        }

        _open.Add(connection, value, payload);
    }

    /// <summary>Sends what waits, as far as the window allows.</summary>
    public void Send()
    {
        while (_underWay.Count < services.Plan.Workload.Window && !_isBackingOff && TryTakeNext(out var batch))
        {
            batch.Number = _nextNumber++;
            batch.Deadline = services.Loop.Now + Patience;
            _underWay.Add(batch);
            Try(batch, ahead: _underWay.Count - 1);
        }
    }

    private bool TryTakeNext(out PublishBatch batch)
    {
        if (_closed.TryDequeue(out batch!))
        {
            return true;
        }

        (batch, _open) = (_open, _open.Count > 0 ? new PublishBatch() : _open);
        return batch.Count > 0;
    }

    private void Try(PublishBatch batch, int ahead)
    {
        var number = ++batch.Tries;
        if (number > 1)
        {
            services.Statistics.Count(Happening.BatchRepeated);
        }

        var bytes = batch.Encode(origin, ahead);
        var machine = _target.Machine;
        services.Trace.Write(gateway, $"sends batch {batch.Number} of {batch.Count} to {Channel} on {machine.Name}, {ahead} ahead, try {number}");
        services.Loop.Schedule(Delay(), () => machine.Publish(Channel, bytes, reply => OnReply(batch, number, machine, reply)));
        services.Loop.Schedule(TryTime, () => OnAnswered(batch, number, new PublishReply(PublishOutcome.Unknown)));
    }

    /// <summary>At the silo, at the instant at which it answers.</summary>
    private void OnReply(PublishBatch batch, int number, Machine machine, PublishReply reply)
    {
        if (reply.Outcome == PublishOutcome.Stored)
        {
            services.Durability.OnAnswered(Channel, reply.FirstSequence, batch.FirstPayload);
        }

        services.Loop.Schedule(Delay(), () => OnAnswered(batch, number, reply));
    }

    private void OnAnswered(PublishBatch batch, int number, PublishReply reply)
    {
        if (!_underWay.Contains(batch))
        {
            return;
        }

        switch (reply.Outcome)
        {
            case PublishOutcome.Stored:
                services.Trace.Write(gateway, $"batch {batch.Number} of {Channel} is stored at {reply.FirstSequence}");
                services.Statistics.Count(Happening.BatchAcknowledged);
                services.Cluster.OnAcknowledged(Channel, reply.FirstSequence);
                _backOff = FirstBackOff;
                Finish(batch, EventKind.Acknowledged, reply.FirstSequence);
                break;
            case PublishOutcome.Refused:
                Finish(batch, EventKind.Refused, firstSequence: 0);
                break;
            case PublishOutcome.Abandoned:
                services.Statistics.Count(Happening.BatchAbandoned);
                Finish(batch, EventKind.Abandoned, firstSequence: 0);
                break;
            default:
                services.Trace.Write(gateway, $"batch {batch.Number} of {Channel}, try {number}: {reply.Outcome} {reply.Leader}");
                if (number == batch.Tries)
                {
                    BackOff(reply.Leader);
                }

                break;
        }
    }

    private void Finish(PublishBatch batch, EventKind kind, ulong firstSequence)
    {
        _underWay.Remove(batch);
        var sequence = firstSequence;
        foreach (var (connection, value) in batch.Messages)
        {
            services.History.Add(new HistoryEvent
            {
                Kind = kind,
                Time = services.Loop.Now,
                Channel = channel,
                Value = value,
                Sequence = firstSequence == 0 ? 0 : sequence++,
            });
            connection.OnAnswered();
        }

        Finished?.Invoke(kind);
        Send();
    }

    private void BackOff(string? leader)
    {
        if (_isBackingOff)
        {
            return;
        }

        _isBackingOff = true;
        _target.Follow(leader);
        services.Loop.Schedule(random.Exponential(_backOff), TryAgain);
        _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
    }

    private void TryAgain()
    {
        _isBackingOff = false;
        foreach (var batch in _underWay.Where(batch => batch.Deadline <= services.Loop.Now).ToArray())
        {
            services.Trace.Write(gateway, $"gives up batch {batch.Number} of {Channel}");
            services.Statistics.Count(Happening.BatchAbandoned);
            Finish(batch, EventKind.Abandoned, firstSequence: 0);
        }

        for (var i = 0; i < _underWay.Count; i++)
        {
            Try(_underWay[i], ahead: i);
        }

        Send();
    }

    private TimeSpan Delay() => services.Plan.Network.MinDelay + random.Exponential(services.Plan.Network.MeanExtraDelay);
}
