using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// A cursor over a channel. What is new comes from memory, what is old from the segments, chunk by chunk. One thread at a time
/// uses it; appends and trims go on beside it.
/// </summary>
public sealed class ChannelLogReader : IDisposable
{
    private const int RunLength = 64;

    private readonly ChannelLog _log;
    private readonly SegmentServices _services;
    private readonly SegmentCursor _cursor;
    private readonly RecordBatch[] _run = new RecordBatch[RunLength];
    private int _runAt;
    private int _runCount;
    private ChannelSegment? _segment;
    private ulong _wanted = 1;
    private bool _isDisposed;

    internal ChannelLogReader(ChannelLog log, SegmentServices services)
    {
        _log = log;
        _services = services;
        _cursor = new SegmentCursor(services.Files.Read, services.Options.ReadChunkBytes);
    }

    /// <summary>The message that the next read looks for.</summary>
    public ulong NextSequence => _wanted;

    /// <summary>Goes to a message, which need not exist yet or any more.</summary>
    public void Seek(ulong sequence)
    {
        _wanted = sequence;
        (_runAt, _runCount, _segment) = (0, 0, null);
    }

    /// <summary>
    /// The next batch that holds the wanted message or, if that was trimmed, a later one; false at the end, where a later call may
    /// find more. A batch may begin before the wanted message. <see cref="StorageCorruptException"/> when the bytes on disk are
    /// damaged: the reader stays where it is, other readers and writers are not concerned.
    /// </summary>
    public bool TryRead(out RecordBatch batch)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        while (true)
        {
            if (TryNext(out batch))
            {
                if (batch.LastSequence < _wanted)
                {
                    continue;
                }

                _wanted = batch.LastSequence + 1;
                return true;
            }

            if (!Advance())
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        Seek(_wanted);
    }

    private bool TryNext(out RecordBatch batch)
    {
        if (_runAt < _runCount)
        {
            batch = _run[_runAt];
            _run[_runAt++] = default;
            return true;
        }

        batch = default;
        if (_segment is null)
        {
            return false;
        }

        try
        {
            if (!_cursor.TryNext(out batch, out var offset))
            {
                return false;
            }

            // The messages of a channel have no gaps: whole frames behind one that is missing are damage as well.
            return batch.BaseSequence <= _wanted
                ? true
                : throw new StorageCorruptException(_segment.Key.Path, offset, $"message {_wanted} should be here, and {batch.BaseSequence} is");
        }
        catch (StorageCorruptException e)
        {
            if (_log.NoteFault(_segment, e))
            {
                throw;
            }

            // Trimmed or replaced while it was read.
            _segment = null;
            return false;
        }
    }

    private bool Advance()
    {
        var before = _segment;
        var step = _log.Step(ref _wanted, _run, before, _cursor.Offset);
        (_runAt, _runCount) = (0, step.RunCount);
        _segment = step.Segment;
        if (_segment is not null && _segment == before && step.Offset >= step.Limit)
        {
            throw new StorageCorruptException(_segment.Key.Path, step.Offset, $"the segment ends before message {_wanted}, which it should hold");
        }

        if (_segment is null)
        {
            return _runCount > 0;
        }

        try
        {
            var offset = step.Offset == ReadStep.AskFooter
                ? FooterReader.Read(_services.Files, _segment.Key, step.Limit).OffsetOf(_wanted)
                : step.Offset;
            _cursor.Open(_segment.Key, offset, step.Limit);
        }
        catch (StorageCorruptException e)
        {
            if (_log.NoteFault(_segment, e))
            {
                throw;
            }

            _segment = null;
        }

        return true;
    }
}
