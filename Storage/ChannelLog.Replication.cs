using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// Giving segments to other replicas and taking them in. Committed data are the same bytes everywhere, so a longer file under the
/// same name holds all of the shorter one: whichever of the two a crash leaves behind, the last checkpoint can be read.
/// </summary>
public sealed partial class ChannelLog
{
    private SegmentImport? _import;

    /// <summary>True between the end of an import and its installation.</summary>
    private bool _isInstalling;

    /// <summary>An import or repair is under way, or an import waits for its installation: another cannot begin.</summary>
    public bool IsImporting
    {
        get
        {
            lock (_gate)
            {
                return _import is not null;
            }
        }
    }

    /// <summary>
    /// The channel as it stands, all of it handed to the operating system, so that <see cref="TryRead"/> can serve every byte it names.
    /// Called by whoever appends, it stands at the applied index.
    /// </summary>
    public ChannelManifest Describe()
    {
        lock (_gate)
        {
            WriteTail();
            return Manifest();
        }
    }

    /// <summary>
    /// Fills <paramref name="buffer"/> with bytes of a segment that a manifest of this channel named. False when they are gone: the
    /// segment was trimmed, and a newer manifest is needed. <see cref="StorageCorruptException"/> when they are damaged here.
    /// </summary>
    public bool TryRead(ulong segmentFirst, long offset, Span<byte> buffer)
    {
        ChannelSegment? segment;
        lock (_gate)
        {
            segment = _segments.Find(candidate => candidate.Key.First == segmentFirst);
            if (segment is null)
            {
                return false;
            }

            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + buffer.Length, segment.Written, nameof(offset));
            if (segment.Fault is { } fault && offset < fault.Offset + fault.Length && fault.Offset < offset + buffer.Length)
            {
                throw new StorageCorruptException(segment.Key.Path, fault.Offset, fault.Reason);
            }
        }

        try
        {
            if (_services.Files.Read(segment.Key, buffer, offset) == buffer.Length)
            {
                return true;
            }

            throw new StorageCorruptException(segment.Key.Path, offset, "the file is shorter than what was written to it");
        }
        catch (Exception e) when (e is StorageCorruptException or FileNotFoundException)
        {
            var damage = e as StorageCorruptException ?? new StorageCorruptException(segment.Key.Path, 0, "the file is missing");
            return NoteFault(segment, damage) ? throw damage : false;
        }
    }

    /// <summary>
    /// Begins to take over a newer version of the channel from other replicas. What this silo has of it is kept; the rest is
    /// <see cref="SegmentImport.Missing"/>. Readers and appends go on. One import or repair at a time. Blocks on the disk.
    /// <see cref="InvalidDataException"/> when a segment here is not the one that the manifest names: the replicas have diverged.
    /// <see cref="InvalidOperationException"/> when the manifest is older than the channel.
    /// </summary>
    public SegmentImport BeginImport(ChannelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ChannelManifest own;
        lock (_gate)
        {
            RequireNewer(manifest);
            RequireNoImport();
            WriteTail();
            own = Manifest();
        }

        var staging = new SegmentStaging(Group, _services);
        return Begin(new SegmentImport(this, manifest, own, staging.PlanImport(manifest, own, Faults)));
    }

    /// <summary>
    /// Begins to replace damaged segments by those of another replica, whose <paramref name="manifest"/> may be of any later or
    /// earlier moment: what is damaged here and whole there is <see cref="SegmentImport.Missing"/>. <see cref="SegmentImport.Complete"/>
    /// takes it off <see cref="Faults"/>. Otherwise as <see cref="BeginImport"/>.
    /// </summary>
    public SegmentImport BeginRepair(ChannelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        List<SegmentInfo> damaged;
        lock (_gate)
        {
            RequireNoImport();
            WriteTail();
            damaged = [.. _segments.Where(segment => segment.Fault is not null).Select(segment => segment.ToInfo())];
        }

        var staging = new SegmentStaging(Group, _services);
        return Begin(new SegmentImport(this, manifest, replaced: null, staging.PlanRepair(manifest, damaged)));
    }

    /// <summary>
    /// Makes the channel what a completed import brought, once the snapshot that names it is durable in the journal. Segments that
    /// it does not name are given up as by a trim.
    /// </summary>
    public void Install(ChannelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        lock (_gate)
        {
            if (!_isInstalling || !manifest.Equals(_import!.Manifest))
            {
                throw new InvalidOperationException($"No import of this manifest has been completed in group {Group}.");
            }

            _services.Tails.Remove(ClearTail());
            _writer.Forget();
            _segments.Clear();
            _segments.AddRange(manifest.Segments.Select(info => ChannelSegment.From(Group, info)));
            (_first, _last, _lastLogIndex) = (manifest.FirstSequence, manifest.LastSequence, manifest.LastLogIndex);
            (_import, _isInstalling) = (null, false);
            CondemnUnnamed();
            RemoveStaged();
        }
    }

    internal void Complete(SegmentImport import)
    {
        lock (_gate)
        {
            RequireCurrent(import);
            if (!import.IsRepair)
            {
                RequireNewer(import.Manifest);
                if (HasOutgrown(import))
                {
                    throw new InvalidOperationException(
                        $"Group {Group} went on to message {_last}, into segments that its import had found complete. It has to begin again.");
                }

                WriteTail();
                _isInstalling = true;
            }
        }

        foreach (var segment in import.Staged)
        {
            if (import.IsRepair)
            {
                Repair(segment);
            }
            else
            {
                Replace(segment);
            }
        }

        _services.Disk.SyncDirectory(SegmentKey.RootFolder);
        if (import.Staged.Count > 0)
        {
            _services.Disk.SyncDirectory(SegmentKey.FolderOf(Group));
        }

        if (import.IsRepair)
        {
            new SegmentStaging(Group, _services).Remove(_ => false);
            End(import);
        }
    }

    /// <summary>One call for all that was gathered, and for what of the channel is kept and was never synced.</summary>
    internal void SyncStaged() => _services.Disk.SyncAll();

    internal void End(SegmentImport import)
    {
        lock (_gate)
        {
            if (_import == import)
            {
                (_import, _isInstalling) = (null, false);
            }
        }
    }

    internal void RemoveUselessStaged()
    {
        lock (_gate)
        {
            if (_import is null)
            {
                var channel = new RecoveredChannel(Manifest(), Faults);
                new SegmentStaging(Group, _services).Remove(first => !channel.Lacks(first));
            }
        }
    }

    internal void RemoveStaged() => new SegmentStaging(Group, _services).Remove(_ => true);

    private SegmentImport Begin(SegmentImport import)
    {
        lock (_gate)
        {
            RequireNoImport();
            return _import = import;
        }
    }

    private ChannelManifest Manifest() => new(_first, _last, _lastLogIndex, [.. _segments.Select(segment => segment.ToInfo())]);

    private void Replace(StagedSegment staged)
    {
        lock (_gate)
        {
            _services.Condemned.Pardon(staged.Key);
            _services.Disk.CreateDirectory(SegmentKey.FolderOf(Group));
            _services.Disk.Rename(staged.Key.StagedPath, staged.Key.Path);

            // Only now: a reader must not open the old file again.
            _services.Files.Forget(staged.Key);
        }
    }

    /// <summary>A sealed segment is replaced; into the active one, to which appends go on, the bytes are written where they belong.</summary>
    private void Repair(StagedSegment staged)
    {
        if (!staged.Info.IsSealed)
        {
            using (var rental = _services.Files.Rent(staged.Key, create: true))
            {
                staged.CopyTo(rental.File);
                rental.File.Sync();
            }

            _services.Disk.Delete(staged.Key.StagedPath);
        }

        lock (_gate)
        {
            var segment = _segments.Find(candidate => candidate.Key == staged.Key);
            if (segment is null || segment.IsSealed != staged.Info.IsSealed)
            {
                return;
            }

            if (segment.IsSealed)
            {
                Replace(staged);
                segment.Hash = staged.Info.Hash;
            }
            else
            {
                // The index lacks what could not be read as it was made: it is made anew, from the whole file.
                WriteTail();
                segment.Index = null;
                _writer.Forget();
            }

            if (segment.Fault is { } fault && fault.Offset + fault.Length <= staged.Info.Length)
            {
                segment.Fault = null;
            }
        }
    }

    /// <summary>Nothing but what the manifest names has a meaning any more, whatever an interrupted import may have left.</summary>
    private void CondemnUnnamed()
    {
        var named = _segments.Select(segment => segment.Key).ToHashSet();
        foreach (var name in _services.Disk.List(SegmentKey.FolderOf(Group)))
        {
            if (SegmentKey.TryParse(name, out var first) && new SegmentKey(Group, first) is var key && !named.Contains(key))
            {
                _services.Files.Forget(key);
                _services.Condemned.Add(key);
            }
        }
    }

    private void RequireNewer(ChannelManifest manifest)
    {
        if (_isDeleted || manifest.LastSequence < _last || manifest.FirstSequence < _first || manifest.LastLogIndex < _lastLogIndex)
        {
            throw new InvalidOperationException(
                $"Group {Group} holds messages {_first}..{_last} at log index {_lastLogIndex}; "
                + $"{manifest.FirstSequence}..{manifest.LastSequence} at {manifest.LastLogIndex} is no newer version of it.");
        }
    }

    /// <summary>
    /// Appends that came since the import began may have gone into files that it found here and counts on, cutting what was beyond.
    /// </summary>
    internal bool HasOutgrown(SegmentImport import)
    {
        lock (_gate)
        {
            if (_last == import.Replaced!.LastSequence)
            {
                return false;
            }

            var staged = import.Staged.Select(segment => segment.Key.First).ToHashSet();
            return import.Manifest.Segments.Any(segment =>
                !(segment.Last <= import.Replaced.LastSequence && segment.IsSealed) && !staged.Contains(segment.First));
        }
    }

    private void RequireNoImport()
    {
        if (_import is not null)
        {
            throw new InvalidOperationException($"An import or repair of group {Group} is under way.");
        }
    }

    private void RequireCurrent(SegmentImport import)
    {
        if (_import != import)
        {
            throw new InvalidOperationException($"The import of group {Group} has ended.");
        }
    }
}
