using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bayou.Records;
using Bayou.Storage.Checkpoints;
using Bayou.Storage.Disk;
using Bayou.Storage.Identity;
using Bayou.Storage.Journal;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// Everything a silo keeps: one journal for all groups, a log of segments per channel, and checkpoints that bound what a restart
/// has to read. What was acknowledged is in the journal; segments and checkpoint follow lazily.
/// </summary>
public sealed class SiloStore : IDisposable
{
    private readonly GuardedDisk _disk;
    private readonly StorageOptions _options;
    private readonly Action<string> _log;
    private readonly JournalFiles _files;
    private readonly JournalWriter _writer;
    private readonly SegmentServices _segments;
    private readonly CheckpointFile _checkpointFile;
    private readonly ConcurrentDictionary<GroupId, ChannelManifest> _recovered;
    private readonly ConcurrentDictionary<GroupId, Lazy<ChannelLog>> _logs = [];
    private CheckpointImage _checkpoint;
    private JournalThread? _thread;
    private readonly ulong _identityFile;
    private int _checkpointing;

    private SiloStore(GuardedDisk disk, StorageOptions options, Action<string> log, TimeProvider time)
    {
        _disk = disk;
        _options = options;
        _log = log;
        _files = new JournalFiles(disk, options);
        _segments = new SegmentServices(
            options, new OpenFiles(disk, options.MaxOpenSegments), new TailCache(options.TailCacheBytes), new CondemnedFiles(disk));

        var identity = IdentityFile.Read(disk, log) is { IsFormatted: true } found ? found : Format();
        _checkpointFile = new CheckpointFile(disk, identity.Identity.Silo, log);
        _recovered = [];
        var replay = new JournalReplay();
        _checkpoint = _checkpointFile.Read(group => Restore(group, replay));

        var siloSeed = JournalLayout.SiloSeed(identity.Identity.Silo);
        var recovery = new JournalRecovery(disk, siloSeed, replay);
        var position = recovery.Run(_checkpoint.Start, identity.JournalFile);
        Groups = Recovered(replay);

        // Only now is anything changed: all that was acknowledged has been read.
        _checkpointFile.Repair();
        _segments.Condemned.Remove(_checkpoint.Condemned);
        CondemnDeleted(replay);
        _files.FindSpares();
        _files.Recycle(_checkpoint.Start.File);
        _identityFile = position.File;
        var file = recovery.EndsInEmptyFile ? disk.Open(JournalLayout.PathOf(position.File)) : _files.Create(position.File);
        Identity = identity.Identity with { Epoch = identity.Identity.Epoch + 1 };
        IdentityFile.Write(disk, new StoredIdentity(Identity, IsFormatted: true, position.File));
        _writer = new JournalWriter(siloSeed, options, _files, time, position, file, replay.Dirty, recovery.ReplayedBytes)
        {
            CheckpointDue = () => CheckpointDue?.Invoke(),
            BatchCompleted = isIdle => BatchCompleted?.Invoke(isIdle),
        };
    }

    /// <summary>Who the data belongs to. The epoch is one higher than at any start before.</summary>
    public SiloIdentity Identity { get; private set; }

    /// <summary>What was recovered, in order of group ids; empty after <see cref="ReleaseRecovered"/>.</summary>
    public IReadOnlyList<RecoveredGroup> Groups { get; private set; }

    /// <summary>Counters of the journal.</summary>
    public JournalStatistics Statistics => _writer.Statistics;

    /// <summary>
    /// Called on the writer's thread when <see cref="StorageOptions.CheckpointBytes"/> have been journaled since the last checkpoint
    /// began, once until the next one begins. It must be short.
    /// </summary>
    public event Action? CheckpointDue;

    /// <summary>
    /// Called on the writer's thread after every write of a batch was completed. True says that nothing waits to be written: the
    /// handler may take its time then, where otherwise it should leave the thread to the next batch.
    /// </summary>
    public event Action<bool>? BatchCompleted;

    /// <summary>
    /// Opens the store on <paramref name="disk"/>, which it owns from here on, and recovers what is there; an empty disk becomes a new
    /// store. <see cref="StorageCorruptException"/> when acknowledged data is damaged or missing: nothing has been changed then.
    /// </summary>
    /// <param name="disk">Where the files are.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="fail">Called at most once, when a write or sync failed. It must stop the process: nothing is acknowledged any more.</param>
    /// <param name="log">Takes sentences for the operator, such as that a spare copy had to be used.</param>
    /// <param name="time">Measures syncs.</param>
    public static SiloStore Open(
        IDisk disk, StorageOptions options, Action<Exception> fail, Action<string>? log = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fail);
        options.Validate();
        try
        {
            return new SiloStore(new GuardedDisk(disk, fail), options, log ?? (_ => { }), time ?? TimeProvider.System);
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>Starts the writer's thread. Without it <see cref="Pump"/> does the writing, as a simulation wants it.</summary>
    public void Start()
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The store has been started.");
        }

        _thread = new JournalThread(_writer, _disk.Fail);
    }

    /// <summary>Whether <see cref="Pump"/> would find something to write.</summary>
    public bool HasWork => _writer.HasWork;

    /// <summary>Writes one batch on the calling thread; false when nothing waited. Only for a store that was not started.</summary>
    public bool Pump()
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The store has a thread that writes.");
        }

        return _writer.WriteBatch();
    }

    /// <summary>
    /// Queues a write, from any thread; writes reach the disk in the order of these calls. <see cref="JournalWrite.Completed"/> is
    /// called when it is durable, or never if the disk fails.
    /// </summary>
    public void Append(JournalWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (_disk.HasFailed)
        {
            throw new DiskFailureException("The disk has failed before; nothing is written any more.");
        }

        write.EncodedBytes = JournalLayout.Measure(write);
        _writer.Add(write);
    }

    /// <summary>
    /// For idle moments (50 ms after the last write is a good time): follows the last batch by an empty one, after which no damage can
    /// pass for an unfinished write. Does nothing where that has been done.
    /// </summary>
    public void Seal() => _writer.Add(new JournalWrite { Command = JournalCommand.Seal });

    /// <summary>The messages of a channel. The same object for every call.</summary>
    public ChannelLog OpenLog(GroupId group) =>
        _logs.GetOrAdd(
            group,
            static (key, store) => new Lazy<ChannelLog>(
                () => new ChannelLog(key, store._recovered.TryGetValue(key, out var manifest) ? manifest : ChannelManifest.Empty, store._segments)),
            this).Value;

    /// <summary>
    /// Begins a checkpoint: the journal goes on in a new file. Waits for what was queued before. One checkpoint at a time; not to be
    /// called from a callback of the store.
    /// </summary>
    public Checkpoint BeginCheckpoint()
    {
        if (Interlocked.Exchange(ref _checkpointing, 1) != 0)
        {
            throw new InvalidOperationException("A checkpoint is under way.");
        }

        WaitFor(JournalCommand.Roll);
        var (dirty, start) = _writer.LastRoll;
        return new Checkpoint(this, dirty, start);
    }

    /// <summary>Records the cluster that the silo belongs to; from then on it is fixed.</summary>
    public void JoinCluster(Guid cluster)
    {
        if (Identity.Cluster != Guid.Empty && Identity.Cluster != cluster)
        {
            throw new InvalidOperationException($"The data belongs to cluster {Identity.Cluster}.");
        }

        Identity = Identity with { Cluster = cluster };
        IdentityFile.Write(_disk, new StoredIdentity(Identity, IsFormatted: true, _identityFile));
    }

    /// <summary>Lets go of <see cref="Groups"/>, once their owners have what they need.</summary>
    public void ReleaseRecovered() => Groups = [];

    /// <summary>Segment files open now.</summary>
    public int OpenSegmentFiles => _segments.Files.Count;

    /// <summary>What recent batches take in memory, over all channels.</summary>
    public long TailCacheBytes => _segments.Tails.Bytes;

    /// <summary>Bytes that the disk can still take.</summary>
    public long FreeBytes => _disk.FreeBytes;

    /// <summary>Writes what is queued, stops the writer and closes all files.</summary>
    public void Dispose()
    {
        _thread?.Dispose();
        _writer.Dispose();
        _segments.Files.Dispose();
        _disk.Dispose();
    }

    internal ChannelManifest ManifestOf(GroupId group) =>
        _logs.TryGetValue(group, out var log) ? log.Value.ToManifest()
        : _recovered.TryGetValue(group, out var manifest) ? manifest
        : ChannelManifest.Empty;

    internal void Complete(Checkpoint checkpoint)
    {
        WaitFor(JournalCommand.Barrier);
        foreach (var (group, dirty) in checkpoint.Dirty)
        {
            RequireComplete(checkpoint, group, dirty);
        }

        foreach (var log in _logs.Values)
        {
            log.Value.Flush();
        }

        _disk.SyncAll();
        var kept = _checkpoint.Records.Keys.Where(group => !checkpoint.Dirty.ContainsKey(group)).Order();
        var changed = checkpoint.Added.Values.Where(added => !_writer.HasDeleted(added.Group.Group)).OrderBy(added => added.Group.Group).ToArray();
        var condemned = Unnamed(checkpoint, changed);
        _checkpoint = _checkpointFile.Write(_checkpoint, checkpoint.Start, changed, kept, condemned);
        _segments.Condemned.Remove(condemned);
        _files.Recycle(checkpoint.Start.File);
        Volatile.Write(ref _checkpointing, 0);
    }

    private void RequireComplete(Checkpoint checkpoint, GroupId group, DirtyGroup dirty)
    {
        if (dirty.Deleted || _writer.HasDeleted(group))
        {
            return;
        }

        if (!checkpoint.Added.TryGetValue(group, out var added))
        {
            throw new InvalidOperationException($"Group {group} was written since the last checkpoint and is missing in this one.");
        }

        var applied = added.Group.AppliedIndex;
        if (dirty.LastIndex > applied && !_writer.HasRewritten(group, applied + 1))
        {
            throw new InvalidOperationException(
                $"Group {group} has applied up to {applied} and has not journaled {applied + 1}..{dirty.LastIndex} again.");
        }
    }

    private StoredIdentity Format()
    {
        // The first thing that formatting makes durable is the identity: without it there is either nothing or damage.
        if (IdentityFile.Read(_disk, _log) is null
            && _disk.List("").Any(name => name is JournalLayout.FolderName or "seg" or "CHECKPOINT.a" or "CHECKPOINT.b"))
        {
            throw new StorageCorruptException("IDENT.a", 0, "neither copy of the silo's identity can be read, and there is data");
        }

        var silo = _options.NewSiloId ?? new Guid(RandomNumberGenerator.GetBytes(16));
        var identity = new SiloIdentity(silo, Guid.Empty, 0);
        IdentityFile.Write(_disk, new StoredIdentity(identity, IsFormatted: false, 1));
        _disk.CreateDirectory(JournalLayout.FolderName);
        _disk.CreateDirectory("seg");
        _disk.SyncDirectory("");
        _files.Create(1).Dispose();
        var start = new JournalPosition(File: 1, Batch: 1, PreviousCrc: 0);
        var nothing = new CheckpointImage(0, start, new Dictionary<GroupId, CheckpointSlot>(), []);
        new CheckpointFile(_disk, silo, _log).Write(nothing, start, [], [], []);

        // The caller writes the identity once more, as that of a formatted store; a crash before only formats again.
        return new StoredIdentity(identity, IsFormatted: false, 1);
    }

    private void Restore(CheckpointGroup stored, JournalReplay replay)
    {
        var group = stored.Group.Group;
        foreach (var segment in stored.Channel.Segments)
        {
            var path = SegmentInfo.PathOf(group, segment.First);
            var length = _disk.LengthOf(path);
            if (length < segment.Length)
            {
                throw new StorageCorruptException(
                    path, Math.Max(0, length), length < 0 ? "the segment is missing" : $"the segment was cut: {segment.Length} bytes were durable");
            }
        }

        _recovered[group] = stored.Channel;
        replay.Restore(group, new GroupReplay(group)
        {
            HardState = stored.Group.HardState,
            AppliedIndex = stored.Group.AppliedIndex,
            AppliedTerm = stored.Group.AppliedTerm,
            State = stored.Group.State,
        });
    }

    private List<RecoveredGroup> Recovered(JournalReplay replay)
    {
        var groups = new List<RecoveredGroup>();
        foreach (var (group, recovered) in replay.Groups)
        {
            if (!recovered.IsComplete)
            {
                throw new StorageCorruptException(
                    JournalLayout.PathOf(_checkpoint.Start.File), 0, $"the log of group {group} has a gap after index {recovered.AppliedIndex}");
            }

            groups.Add(recovered.ToRecovered());
        }

        return groups;
    }

    /// <summary>A deletion that was journaled may not have reached the files before the silo stopped.</summary>
    private void CondemnDeleted(JournalReplay replay)
    {
        foreach (var group in replay.Dirty.Where(pair => pair.Value.Deleted).Select(pair => pair.Key))
        {
            foreach (var name in _disk.List(SegmentInfo.FolderOf(group)))
            {
                if (SegmentInfo.TryParse(name, out var first))
                {
                    _segments.Condemned.Add(new SegmentKey(group, first));
                }
            }

            _segments.Condemned.Add(new SegmentKey(group, First: 0));
            _recovered.TryRemove(group, out _);
        }
    }

    /// <summary>
    /// The condemned files that a checkpoint does not name. Those of a group whose record is copied from the last one may be named
    /// there, and wait for the next: their group is dirty by then.
    /// </summary>
    private SegmentKey[] Unnamed(Checkpoint checkpoint, IEnumerable<CheckpointGroup> changed)
    {
        var named = changed
            .SelectMany(added => added.Channel.Segments.Select(segment => new SegmentKey(added.Group.Group, segment.First)))
            .ToHashSet();
        return
        [
            .. _segments.Condemned.ToArray().Where(key => !named.Contains(key)
                && (checkpoint.Dirty.ContainsKey(key.Group) || !_checkpoint.Records.ContainsKey(key.Group))),
        ];
    }

    private void WaitFor(JournalCommand command)
    {
        using var done = new ManualResetEventSlim();
        _writer.Add(new JournalWrite { Command = command, Completed = _ => done.Set() });
        if (_thread is null)
        {
            while (!done.IsSet)
            {
                Pump();
            }
        }
        else
        {
            _thread.WaitFor(done);
        }
    }
}
