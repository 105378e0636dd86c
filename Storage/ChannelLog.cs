using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// The messages of one channel: whole batches in segment files, the newest of them also in memory. One thread at a time appends
/// and trims, after the journal has made the batch durable and the group has committed it; any thread reads.
/// </summary>
public sealed partial class ChannelLog
{
    private readonly SegmentServices _services;
    private readonly Lock _gate = new();
    private readonly List<ChannelSegment> _segments;
    private readonly TailRing _tail = new();
    private readonly SegmentWriter _writer;
    private int _unwrittenCount;
    private ulong _first;
    private ulong _last;
    private ulong _lastLogIndex;
    private bool _isDeleted;

    internal ChannelLog(GroupId group, RecoveredChannel recovered, SegmentServices services)
    {
        Group = group;
        _services = services;
        _writer = new SegmentWriter(services.Files, services.Options.ReadChunkBytes);
        _segments = [.. recovered.Manifest.Segments.Select(info => ChannelSegment.From(group, info))];
        (_first, _last, _lastLogIndex) = (recovered.Manifest.FirstSequence, recovered.Manifest.LastSequence, recovered.Manifest.LastLogIndex);
        foreach (var fault in recovered.Faults)
        {
            _segments.Find(segment => segment.Key.First == fault.SegmentFirst)!.Fault = fault;
        }
    }

    public GroupId Group { get; }

    /// <summary>First message that readers see; one more than <see cref="LastSequence"/> when there is none.</summary>
    public ulong FirstSequence
    {
        get
        {
            lock (_gate)
            {
                return _first;
            }
        }
    }

    /// <summary>Last message ever appended; 0 before the first.</summary>
    public ulong LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Log index of the last batch appended; 0 before the first.</summary>
    public ulong LastLogIndex
    {
        get
        {
            lock (_gate)
            {
                return _lastLogIndex;
            }
        }
    }

    /// <summary>Bytes of the channel's segments, those still in memory included.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _segments.Sum(segment => segment.Length);
            }
        }
    }

    /// <summary>
    /// Appends a committed, stamped batch, whose memory is kept and must not change. It must begin where the last one ended, and
    /// its log index must be higher: <see cref="InvalidOperationException"/> otherwise.
    /// </summary>
    public void Append(in RecordBatch batch, ulong logIndex)
    {
        TailBatch added;
        lock (_gate)
        {
            if (_isDeleted || IsInstalling || batch.Count == 0 || batch.BaseSequence != _last + 1 || logIndex <= _lastLogIndex)
            {
                throw new InvalidOperationException(
                    IsInstalling
                        ? $"Group {Group} has an import in place that waits to be installed."
                        : $"Batch {batch.BaseSequence}..{batch.LastSequence} at log index {logIndex} does not follow {_last} at {_lastLogIndex} in group {Group}.");
            }

            var frameBytes = SegmentLayout.FrameHeaderBytes + batch.Bytes.Length;
            var segment = ActiveFor(frameBytes, batch.BaseSequence, batch.Timestamp);
            segment.Index ??= new SparseIndex(segment.Length);
            segment.Index.Add(batch.BaseSequence, batch.Timestamp, segment.Length);
            added = new TailBatch(batch, logIndex, segment.Length);
            segment.Length += frameBytes;
            segment.Last = _last = batch.LastSequence;
            segment.LastTimestamp = batch.Timestamp;
            segment.LastLogIndex = _lastLogIndex = logIndex;
            _tail.Add(added);
            _unwrittenCount++;
            if (segment.Length - segment.Written >= _services.Options.SegmentWriteBytes)
            {
                WriteTail();
            }
        }

        _services.Tails.Add(this, added.Batch.LastSequence, added.CachedBytes);
    }

    /// <summary>A cursor of its own for one reader, at the first message.</summary>
    public ChannelLogReader OpenReader() => new(this, _services);

    /// <summary>The first message that is not older than <paramref name="timestampNanoseconds"/> (Unix time); false when all are.</summary>
    public bool TryFindByTime(long timestampNanoseconds, out ulong sequence)
    {
        sequence = 0;
        if (!TryHintByTime(timestampNanoseconds, out var hint))
        {
            return false;
        }

        using var reader = OpenReader();
        reader.Seek(hint);
        while (reader.TryRead(out var batch))
        {
            if (batch.Timestamp >= timestampNanoseconds)
            {
                sequence = Math.Max(batch.BaseSequence, FirstSequence);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Hides all messages before <paramref name="firstSequence"/> and gives up segments that hold only such. Their files are
    /// removed after the next checkpoint, which no longer names them. Never moves backwards.
    /// </summary>
    public void TrimTo(ulong firstSequence)
    {
        lock (_gate)
        {
            if (_isDeleted || firstSequence <= _first)
            {
                return;
            }

            _first = Math.Min(firstSequence, _last + 1);
            var given = _segments.TakeWhile(segment => segment.Last < _first).Count();
            if (given == _segments.Count)
            {
                _services.Tails.Remove(ClearTail());
            }

            GiveUp(given);
        }
    }

    /// <summary>Gives up everything; files are removed after the next checkpoint. Readers see an end.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _isDeleted = true;
            _first = _last + 1;
            _services.Tails.Remove(ClearTail());
            GiveUp(_segments.Count);
            _services.Condemned.Add(new SegmentKey(Group, First: 0));
            (_import, IsInstalling) = (null, false);
            RemoveStaged();
        }
    }

    /// <summary>Ends the log without giving anything up: its files are moved away.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _services.Tails.Remove(ClearTail());
            _isDeleted = true;
            (_import, IsInstalling) = (null, false);
            _first = _last + 1;
            _segments.ForEach(segment => _services.Files.Forget(segment.Key));
            _segments.Clear();
            RemoveStaged();
        }
    }

    /// <summary>The channel as it stands, for a checkpoint that is going to write it all.</summary>
    internal ChannelManifest ToManifest()
    {
        lock (_gate)
        {
            return Manifest();
        }
    }

    /// <summary>Hands everything to the operating system.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            WriteTail();
        }
    }

    /// <summary>Lets batches up to <paramref name="last"/> go from memory.</summary>
    internal void EvictThrough(ulong last)
    {
        var bytes = 0L;
        lock (_gate)
        {
            while (_tail.Count > 0 && _tail[0].Batch.LastSequence <= last)
            {
                if (_unwrittenCount == _tail.Count)
                {
                    WriteTail();
                }

                bytes += _tail.RemoveOldest().CachedBytes;
            }
        }

        _services.Tails.Remove(bytes);
    }

    /// <summary>
    /// Tells a reader where to go on. From memory up to <paramref name="run"/>'s length of batches are handed over; from a file
    /// the place, which is <paramref name="offset"/> if the reader is still in <paramref name="current"/>.
    /// </summary>
    internal ReadStep Step(ref ulong wanted, RecordBatch[] run, ChannelSegment? current, long offset)
    {
        lock (_gate)
        {
            wanted = Math.Max(wanted, _first);
            if (wanted > _last)
            {
                return default;
            }

            if (_tail.Count > 0 && wanted >= _tail[0].Batch.BaseSequence)
            {
                var start = _tail.IndexOf(wanted);
                var count = Math.Min(run.Length, _tail.Count - start);
                for (var i = 0; i < count; i++)
                {
                    run[i] = _tail[start + i].Batch;
                }

                return new ReadStep(count, Segment: null, 0, 0);
            }

            var segment = _segments[SegmentOf(wanted)];
            var at = segment == current ? offset
                : wanted <= segment.Key.First ? SegmentLayout.HeaderBytes
                : segment.IsSealed ? ReadStep.AskFooter
                : WholeIndex(segment).OffsetOf(wanted);
            return new ReadStep(0, segment, at, segment.Written);
        }
    }

    private ChannelSegment ActiveFor(int frameBytes, ulong first, long timestamp)
    {
        var active = _segments.Count > 0 ? _segments[^1] : null;
        if (active is { IsSealed: false }
            && (active.Length == SegmentLayout.HeaderBytes || active.Length + frameBytes <= _services.Options.SegmentBytes))
        {
            return active;
        }

        if (active is { IsSealed: false })
        {
            WriteTail();
            if (_writer.Seal(active) is { } damage)
            {
                SealDamaged(active, damage);
            }
        }

        var segment = new ChannelSegment(new SegmentKey(Group, first)) { FirstTimestamp = timestamp };
        _services.Condemned.Pardon(segment.Key);
        _segments.Add(segment);
        return segment;
    }

    private void WriteTail()
    {
        if (_unwrittenCount > 0)
        {
            _writer.Write(_segments[^1], _tail, _unwrittenCount);
            _unwrittenCount = 0;
        }
    }

    private long ClearTail()
    {
        // A checkpoint under way may name what is about to go: then it has to be in the file.
        WriteTail();
        var bytes = 0L;
        while (_tail.Count > 0)
        {
            bytes += _tail.RemoveOldest().CachedBytes;
        }

        return bytes;
    }

    private void GiveUp(int count)
    {
        foreach (var segment in _segments.Take(count))
        {
            _services.Files.Forget(segment.Key);
            _services.Condemned.Add(segment.Key);
        }

        _segments.RemoveRange(0, count);
    }

    private int SegmentOf(ulong sequence)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _segments[middle].Last < sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The index of a segment that is not sealed, completed from the file after a restart.</summary>
    private SparseIndex WholeIndex(ChannelSegment segment)
    {
        segment.Index ??= new SparseIndex(segment.Length);
        if (segment.Index.From > SegmentLayout.HeaderBytes)
        {
            var walk = new SegmentWalk(segment.Key, _services.Files.Read, _services.Options.ReadChunkBytes);
            if (!walk.Advance(segment.Index.From))
            {
                Mark(segment, walk.Damage!);
                throw walk.Damage!;
            }

            segment.Index.Prepend(walk.Index);
        }

        return segment.Index;
    }

    /// <summary>A message from which reading on meets the wanted time soon.</summary>
    private bool TryHintByTime(long timestamp, out ulong sequence)
    {
        ChannelSegment segment;
        lock (_gate)
        {
            sequence = _first;
            var index = _segments.FindIndex(candidate => candidate.LastTimestamp >= timestamp);
            if (index < 0)
            {
                return false;
            }

            segment = _segments[index];
            sequence = Math.Max(segment.Key.First, _first);
            if (segment.FirstTimestamp >= timestamp || segment.Written == 0)
            {
                return true;
            }

            if (!segment.IsSealed)
            {
                sequence = Math.Max(sequence, WholeIndex(segment).SequenceBefore(timestamp));
                return true;
            }
        }

        try
        {
            var footer = FooterReader.Read(_services.Files, segment.Key, segment.Length);
            sequence = Math.Max(sequence, footer.SequenceBefore(timestamp));
            return true;
        }
        catch (StorageCorruptException e)
        {
            NoteFault(segment, e);
            throw;
        }
    }
}
