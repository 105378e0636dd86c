using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Channels;

/// <summary>
/// Knows what the oldest messages of a channel count against its byte limit. It walks forward with the channel's first sequence,
/// through the segments and, past them, the batches that are proposed and not applied yet.
/// </summary>
internal sealed class RetentionCursor(ChannelLog log, IReadOnlyCollection<RecordBatch> proposed, int channelNameBytes) : IDisposable
{
    private readonly ChannelLogReader _reader = log.OpenReader();
    private uint[] _sizes = [];
    private ulong _base = 1;
    private int _count;

    /// <summary>Accounted size of the message at <paramref name="sequence"/>, which must be in the channel or proposed.</summary>
    public uint SizeOf(ulong sequence)
    {
        if (sequence < _base || sequence >= _base + (ulong)_count)
        {
            Load(sequence);
        }

        return _sizes[sequence - _base];
    }

    public void Dispose() => _reader.Dispose();

    private void Load(ulong sequence)
    {
        var batch = Locate(sequence);
        _base = batch.BaseSequence;
        _count = batch.Count;
        if (_sizes.Length < _count)
        {
            _sizes = new uint[_count];
        }

        var i = 0;
        foreach (var record in batch)
        {
            _sizes[i++] = Accounting.SizeOf(record, channelNameBytes);
        }
    }

    private RecordBatch Locate(ulong sequence)
    {
        if (sequence <= log.LastSequence)
        {
            if (sequence != _base + (ulong)_count)
            {
                _reader.Seek(sequence);
            }

            if (_reader.TryRead(out var batch) && batch.BaseSequence <= sequence && sequence <= batch.LastSequence)
            {
                return batch;
            }
        }

        foreach (var batch in proposed)
        {
            if (batch.BaseSequence <= sequence && sequence <= batch.LastSequence)
            {
                return batch;
            }
        }

        throw new InvalidOperationException($"Message {sequence} is neither stored nor proposed.");
    }
}
