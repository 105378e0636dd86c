using Bayou.Records;

namespace Bayou.Simulation.StandIn;

/// <summary>
/// Brings the batches of one origin into their order, and recognises those that come again. A batch with others ahead of it waits for
/// them; one that follows nothing that is under way is taken at once.
/// </summary>
internal sealed class StandInOrder(ulong lastStored)
{
    private const int MaxWaiting = 64;

    private readonly SortedDictionary<ulong, PendingBatch> _waiting = [];
    private ulong _last = lastStored;

    /// <summary>What is to be proposed now. A batch that is too old is not among it, and neither kept: <paramref name="isOld"/>.</summary>
    public List<PendingBatch> Take(PendingBatch batch, out bool isOld)
    {
        var due = new List<PendingBatch>();
        var number = batch.Header.BatchNumber;
        isOld = number <= _last;
        if (isOld)
        {
            return due;
        }

        if (batch.Header.Ahead > 0 && number > _last + 1)
        {
            if (_waiting.Remove(number, out var earlier) || _waiting.Count >= MaxWaiting)
            {
                (earlier ?? batch).Answer.TrySetResult(new(Run.PublishOutcome.Unknown));
            }

            if (_waiting.Count < MaxWaiting)
            {
                _waiting[number] = batch;
            }

            return due;
        }

        due.Add(batch);
        _last = number;
        while (_waiting.Remove(_last + 1, out var next))
        {
            due.Add(next);
            _last++;
        }

        while (_waiting.Count > 0 && _waiting.Keys.First() is var oldest && oldest <= _last)
        {
            _waiting.Remove(oldest, out var overtaken);
            overtaken!.Answer.TrySetResult(new(Run.PublishOutcome.Unknown));
        }

        return due;
    }

    public void Abandon()
    {
        foreach (var batch in _waiting.Values)
        {
            batch.Answer.TrySetResult(new(Run.PublishOutcome.NotLeader));
        }
    }

    internal sealed class PendingBatch(RecordBatch header, Memory<byte> bytes)
    {
        public RecordBatch Header => header;

        public Memory<byte> Bytes => bytes;

        public TaskCompletionSource<Run.PublishReply> Answer { get; } = new();

        public ulong Index { get; set; }

        public ulong Term { get; set; }
    }
}
