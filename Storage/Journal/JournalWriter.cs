using System.Runtime.InteropServices;
using Bayou.Records;
using static Bayou.Storage.Journal.JournalLayout;

namespace Bayou.Storage.Journal;

/// <summary>
/// The one writer of the journal. Each round takes everything that waits, writes it as one batch, syncs, and only then tells
/// the owners. What comes meanwhile is the next round, so batches grow with the load and no timer is needed.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    /// <summary>
    /// Completing a batch of this size takes a fraction of a sync, so the next one had better wait for what is sent in answer to it. Larger ones
    /// come from owners who do not wait for answers, and the disk should not wait for those.
    /// </summary>
    private const int SmallBatchBytes = 16 * 1024;

    private readonly StorageOptions _options;
    private readonly JournalFiles _files;
    private readonly TimeProvider _time;
    private readonly BatchEncoder _encoder;
    private readonly JournalQueue _queue = new();
    private readonly List<JournalWrite> _batch = [];
    private readonly Lock _gate = new();
    private JournalWrite? _waiting;
    private JournalWrite? _lastWaiting;
    private JournalPosition _position;
    private IDiskFile _file;
    private long _fileLength;
    private long _offset;
    private int _batchBytes;
    private bool _needsSeal;
    private long _writingSince;
    private bool _dueRaised;
    private bool _overdueRaised;
    private bool _isOverBound;
    private long _bytesBeforeRoll;
    private Dictionary<GroupId, DirtyGroup> _dirty;
    private JournalStatistics _statistics;

    public JournalWriter(
        ulong siloSeed,
        StorageOptions options,
        JournalFiles files,
        TimeProvider time,
        JournalPosition position,
        IDiskFile file,
        Dictionary<GroupId, DirtyGroup> dirty,
        long recoveredBytes)
    {
        _options = options;
        _files = files;
        _time = time;
        _encoder = new BatchEncoder(siloSeed);
        _position = position;
        _file = file;
        _fileLength = file.Length;
        _dirty = dirty;
        _statistics = new JournalStatistics { BytesSinceCheckpoint = recoveredBytes, JournalBytes = recoveredBytes };
        _isOverBound = recoveredBytes >= options.MaxJournalBytes;
    }

    /// <summary>Called after a batch that brought the journal over <see cref="StorageOptions.CheckpointBytes"/>, once per checkpoint.</summary>
    public Action? CheckpointDue { get; init; }

    /// <summary>Called after a batch that brought the journal to half of its bound, once until a checkpoint is completed.</summary>
    public Action? CheckpointOverdue { get; init; }

    /// <summary>Called with the size of every batch.</summary>
    public Action<long>? BatchWritten { get; init; }

    /// <summary>Called with the time that the write and sync of every batch took.</summary>
    public Action<TimeSpan>? Synced { get; init; }

    /// <summary>Called after the writes of a batch were completed, with whether the handler may take its time.</summary>
    public Action<bool>? BatchCompleted { get; init; }

    public JournalStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _statistics;
            }
        }
    }

    /// <summary>The journal has reached its bound.</summary>
    public bool IsOverBound => Volatile.Read(ref _isOverBound);

    /// <summary>How long the batch that is being written has been at it; zero if none is. Any thread.</summary>
    public TimeSpan WritingFor => Volatile.Read(ref _writingSince) is var since and not 0 ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Whether <see cref="WriteBatch"/> would find something to do. Asked by its caller only.</summary>
    public bool HasWork => _waiting is not null || !_queue.IsEmpty;

    public void Add(JournalWrite write) => _queue.Add(write);

    public void Wait() => _queue.Wait();

    public void Wake() => _queue.Wake();

    /// <summary>Writes one batch of what waits; false when nothing waits. Only ever called by one thread at a time.</summary>
    public bool WriteBatch()
    {
        Fetch();
        if (_waiting is not { } first)
        {
            return false;
        }

        if (first.Command != JournalCommand.Write)
        {
            Unlink();
            Obey(first);
            return true;
        }

        Collect();
        Write(BatchFlags.None);
        NoteDirty();
        Complete();
        return true;
    }

    /// <summary>Start of a checkpoint, set by <see cref="JournalCommand.Roll"/>: what was written before, and where the journal goes on.</summary>
    public (Dictionary<GroupId, DirtyGroup> Dirty, JournalPosition Start) LastRoll { get; private set; }

    /// <summary>Whether a group has journaled its log anew from <paramref name="firstIndex"/> or before, since the last roll.</summary>
    public bool HasRewritten(GroupId group, ulong firstIndex)
    {
        lock (_gate)
        {
            return _dirty.TryGetValue(group, out var dirty) && dirty.LowestIndex != 0 && dirty.LowestIndex <= firstIndex;
        }
    }

    /// <summary>The checkpoint that began with the last roll is complete: nothing before it is read again.</summary>
    public void GiveUpBeforeRoll()
    {
        lock (_gate)
        {
            _statistics = _statistics with { JournalBytes = _statistics.JournalBytes - _bytesBeforeRoll };
            _bytesBeforeRoll = 0;
            _overdueRaised = false;
            Volatile.Write(ref _isOverBound, _statistics.JournalBytes >= _options.MaxJournalBytes);
        }
    }

    public bool HasDeleted(GroupId group)
    {
        lock (_gate)
        {
            return _dirty.TryGetValue(group, out var dirty) && dirty.Deleted;
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _file.Dispose();
    }

    private void Fetch()
    {
        var fetched = _queue.TakeAll();
        if (_waiting is null)
        {
            _waiting = fetched;
        }
        else
        {
            _lastWaiting!.Next = fetched;
        }

        for (var write = fetched; write is not null; write = write.Next)
        {
            _lastWaiting = write;
        }
    }

    private JournalWrite Unlink()
    {
        var write = _waiting!;
        _waiting = write.Next;
        write.Next = null;
        return write;
    }

    private void Collect()
    {
        _batch.Clear();
        for (var bytes = HeaderBytes; _waiting is { Command: JournalCommand.Write } write;)
        {
            bytes += write.EncodedBytes;
            if (_batch.Count > 0 && bytes > _options.MaxBatchBytes)
            {
                break;
            }

            _batch.Add(Unlink());
            _batchBytes = bytes;
        }
    }

    private void Obey(JournalWrite command)
    {
        _batch.Clear();
        if (command.Command == JournalCommand.Roll)
        {
            Roll();
            lock (_gate)
            {
                LastRoll = (_dirty, _position);
                _dirty = [];
                _dueRaised = false;
                _bytesBeforeRoll = _statistics.JournalBytes;
                _statistics = _statistics with { BytesSinceCheckpoint = 0 };
            }
        }
        else if (command.Command == JournalCommand.Seal && _needsSeal)
        {
            Write(BatchFlags.Seal);
        }

        command.Completed?.Invoke(command);
    }

    private void Write(BatchFlags flags)
    {
        var payload = (long)HeaderBytes;
        foreach (var write in _batch)
        {
            payload += write.EncodedBytes;
        }

        // One sector stays free for the batch that closes the file, and one behind it, so that no file ever ends with a batch.
        var bytes = SectorsFor(payload) * (long)SectorBytes;
        if (_offset > 0 && _offset + bytes + (2 * SectorBytes) > _options.JournalFileBytes)
        {
            Roll();
        }

        WriteEncoded(bytes, flags);
    }

    /// <summary>Closes the file and opens the next. The next exists durably before the closing batch says so.</summary>
    private void Roll()
    {
        var next = _files.Create(_position.File + 1);
        var writes = _batch.ToArray();
        _batch.Clear();
        WriteEncoded(SectorBytes, BatchFlags.Roll);
        _batch.AddRange(writes);
        _file.Dispose();
        _file = next;
        _fileLength = next.Length;
        _offset = 0;
        _position = _position with { File = _position.File + 1 };
    }

    private void WriteEncoded(long bytes, BatchFlags flags)
    {
        MakeRoom(_offset + bytes + SectorBytes);
        var start = _time.GetTimestamp();
        Volatile.Write(ref _writingSince, Math.Max(1, start));
        var batch = _encoder.Encode(_position, _offset, flags, _batch);
        _file.Write(batch, _offset);
        _file.Sync();
        Volatile.Write(ref _writingSince, 0);
        var elapsed = _time.GetElapsedTime(start);
        _offset += batch.Length;
        _position = new JournalPosition(_position.File, _position.Batch + 1, _encoder.HeaderCrc);
        _needsSeal = flags == BatchFlags.None;
        Count(batch.Length, elapsed);
    }

    /// <summary>Extends the file durably before anything is written near its end.</summary>
    private void MakeRoom(long length)
    {
        if (length <= _fileLength)
        {
            return;
        }

        var step = _options.JournalFillBytes;
        _fileLength = (length + step - 1) / step * step;
        _file.Extend(_fileLength);
        _file.Sync();
        lock (_gate)
        {
            _statistics = _statistics with { Syncs = _statistics.Syncs + 1 };
        }
    }

    private void Count(int bytes, TimeSpan elapsed)
    {
        bool due, overdue;
        lock (_gate)
        {
            var before = _statistics;
            _statistics = before with
            {
                Batches = before.Batches + 1,
                Syncs = before.Syncs + 1,
                Writes = before.Writes + _batch.Count,
                Bytes = before.Bytes + bytes,
                BytesSinceCheckpoint = before.BytesSinceCheckpoint + bytes,
                JournalBytes = before.JournalBytes + bytes,
                SyncTime = before.SyncTime + elapsed,
                SlowestSync = elapsed > before.SlowestSync ? elapsed : before.SlowestSync,
            };
            due = !_dueRaised && _statistics.BytesSinceCheckpoint >= _options.CheckpointBytes;
            _dueRaised |= due;
            overdue = !_overdueRaised && _statistics.JournalBytes >= _options.MaxJournalBytes / 2;
            _overdueRaised |= overdue;
            Volatile.Write(ref _isOverBound, _statistics.JournalBytes >= _options.MaxJournalBytes);
        }

        BatchWritten?.Invoke(bytes);
        Synced?.Invoke(elapsed);
        if (due)
        {
            CheckpointDue?.Invoke();
        }

        if (overdue)
        {
            CheckpointOverdue?.Invoke();
        }
    }

    private void NoteDirty()
    {
        lock (_gate)
        {
            foreach (var write in _batch)
            {
                ref var dirty = ref CollectionsMarshal.GetValueRefOrAddDefault(_dirty, write.Group, out _);
                dirty.Add(write);
            }
        }
    }

    private void Complete()
    {
        foreach (var write in _batch)
        {
            write.Completed?.Invoke(write);
        }

        _batch.Clear();
        BatchCompleted?.Invoke(_batchBytes <= SmallBatchBytes || !HasWork);
    }
}
