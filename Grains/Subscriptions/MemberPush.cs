using Bayou.Grains.Interfaces.Messages;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Fills one delivery after the other for a member: its cursor in the channel, the buffer in use, and the sequences in it.
/// One delivery is under way at a time; its answer frees the buffer.
/// </summary>
internal sealed class MemberPush(PlannedMember member, ChannelLogReader reader) : IDisposable
{
    /// <summary>A delivery is closed once it holds this much: large enough to pay for the call, small enough to interleave.</summary>
    private const int TargetBytes = 48 * 1024;

    private readonly List<ulong> _sequences = [];
    private DeliveryBuffer _buffer = new();
    private RecordBatch? _batch;

    public PlannedMember Member { get; } = member;

    public bool IsUnderWay { get; set; }

    public IReadOnlyCollection<ulong> Sequences => _sequences;

    public Memory<byte> Messages => _buffer.Written;

    /// <summary>Takes what is planned for the member; false if there is nothing.</summary>
    public bool TryFill(DeliveryPlan plan, long now)
    {
        _buffer.Clear();
        _sequences.Clear();
        while (_buffer.Length < TargetBytes && plan.TryPeek(Member, out var sequence, out _))
        {
            if (!TryLocate(sequence, out var batch))
            {
                plan.Drop(Member);
                continue;
            }

            FillFrom(batch, plan, now);
        }

        return _sequences.Count > 0;
    }

    /// <summary>The last delivery may still be read by somebody: leave its buffer to them.</summary>
    public void AbandonBuffer() => _buffer = new DeliveryBuffer();

    public void Dispose() => reader.Dispose();

    private void FillFrom(in RecordBatch batch, DeliveryPlan plan, long now)
    {
        foreach (var record in batch)
        {
            if (!plan.TryPeek(Member, out var sequence, out var redeliveryCount) || sequence < record.Sequence)
            {
                return;
            }

            if (record.Sequence < sequence)
            {
                continue;
            }

            if (record.IsSkipped)
            {
                plan.Drop(Member);
                continue;
            }

            _buffer.Add(record.Sequence, record.Timestamp, redeliveryCount, record.ReplyTo, record.Payload);
            _sequences.Add(sequence);
            plan.Take(Member, now);
            if (_buffer.Length >= TargetBytes)
            {
                return;
            }
        }
    }

    private bool TryLocate(ulong sequence, out RecordBatch batch)
    {
        if (_batch is { } current && current.BaseSequence <= sequence && sequence <= current.LastSequence)
        {
            batch = current;
            return true;
        }

        if (_batch is not { } previous || sequence != previous.LastSequence + 1)
        {
            reader.Seek(sequence);
        }

        if (!reader.TryRead(out batch) || batch.BaseSequence > sequence || batch.LastSequence < sequence)
        {
            _batch = null;
            return false;
        }

        _batch = batch;
        return true;
    }
}
