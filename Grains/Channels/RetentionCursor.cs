using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Channels;

/// <summary>
/// Knows how old and how large the oldest messages of a channel are. It walks forward with the channel's first sequence,
/// through the segments and, past them, the batches that are proposed and not applied yet.
/// </summary>
internal sealed class RetentionCursor(ChannelLog log, IReadOnlyCollection<RecordBatch> proposed, int channelNameBytes) : IDisposable
{
    private readonly ChannelLogReader _reader = log.OpenReader();
    private uint[] _sizes = [];
    private ulong _base = 1;
    private int _count;
    private long _timestamp;
    private bool _isLost;

    /// <summary>
    /// Accounted size of the message at <paramref name="sequence"/>, which must be in the channel or proposed, and when it was stored, in Unix
    /// nanoseconds. False while its segment is damaged.
    /// </summary>
    public bool TryFind(ulong sequence, out uint size, out long timestamp)
    {
        (size, timestamp) = (0, 0);
        if ((sequence < _base || sequence >= _base + (ulong)_count) && !TryLoad(sequence))
        {
            return false;
        }

        (size, timestamp) = (_sizes[sequence - _base], _timestamp);
        return true;
    }

    public void Dispose() => _reader.Dispose();

    private bool TryLoad(ulong sequence)
    {
        RecordBatch batch;
        try
        {
            batch = Locate(sequence);
        }
        catch (StorageCorruptException)
        {
            // The log has taken note of it, and it is being mended.
            _isLost = true;
            return false;
        }

        _base = batch.BaseSequence;
        _count = batch.Count;
        _timestamp = batch.Timestamp;
        if (_sizes.Length < _count)
        {
            _sizes = new uint[_count];
        }

        var i = 0;
        foreach (var record in batch)
        {
            _sizes[i++] = Accounting.SizeOf(record, channelNameBytes);
        }

        return true;
    }

    private RecordBatch Locate(ulong sequence)
    {
        if (sequence <= log.LastSequence)
        {
            // What was found among the proposed ones before did not move the reader.
            if (_isLost || sequence != _reader.NextSequence)
            {
                _isLost = false;
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
