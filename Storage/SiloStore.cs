using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bayou.Records;
using Bayou.Storage.Checkpoints;
using Bayou.Storage.Disk;
using Bayou.Storage.Identity;
using Bayou.Storage.Journal;
using Bayou.Storage.Recovery;
using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// Everything a silo keeps: one journal for all groups, a log of segments per channel, and checkpoints that bound what a restart
/// has to read. What was acknowledged is in the journal; segments and checkpoint follow lazily.
/// </summary>
public sealed partial class SiloStore : IDisposable
{
    private readonly GuardedDisk _disk;
    private readonly StorageOptions _options;
    private readonly Action<string> _log;
    private readonly DiskSpace _space;
    private readonly JournalFiles _files;
    private readonly JournalWriter _writer;
    private readonly SegmentServices _segments;
    private readonly CheckpointFile _checkpointFile;
    private readonly ConcurrentDictionary<GroupId, RecoveredChannel> _recovered;
    private readonly ConcurrentDictionary<GroupId, Lazy<ChannelLog>> _logs = [];
    private readonly Scrubber _scrubber;

    /// <summary>Held while the files that a checkpoint names, or the checkpoint itself, change hands.</summary>
    private readonly Lock _changing = new();
    private CheckpointImage _checkpoint;
    private JournalThread? _thread;
    private Action<Func<bool>>? _waitUntil;
    private readonly ulong _identityFile;
    private int _checkpointing;
    private bool _mayLackGroups;
    private bool _isBlank;

    private SiloStore(GuardedDisk disk, StorageOptions options, DamagePolicy policy, Action<string> log, TimeProvider time)
    {
        _disk = disk;
        _options = options;
        _log = log;
        _files = new JournalFiles(disk, options);
        _segments = new SegmentServices(disk, options, policy, group => FaultFound?.Invoke(group));

        var identity = IdentityFile.Read(disk, log) is { IsFormatted: true } found ? found : Format();
        var recovery = new StoreRecovery(disk, identity, policy, log);
        _checkpointFile = recovery.CheckpointFile;
        _checkpoint = recovery.Checkpoint;
        _recovered = new ConcurrentDictionary<GroupId, RecoveredChannel>(recovery.Channels);
        _mayLackGroups = recovery.MayLackGroups;
        Groups = recovery.Groups;
        _isBlank = recovery.Groups.Count == 0 && !recovery.MayLackGroups;

        // Only now is anything changed: all that was acknowledged has been read.
        _space = new DiskSpace(disk, options, log);
        disk.MakeRoom = _space.TryGiveUpBallast;
        _checkpointFile.Repair();
        Settle(recovery);
        _files.FindSpares();
        _files.Distrust(recovery.DamagedFiles);
        _files.Recycle(_checkpoint.Start.File);
        var position = recovery.Position;
        _identityFile = position.File;
        var file = recovery.EndsInEmptyFile ? disk.OpenUnbuffered(JournalLayout.PathOf(position.File)) : _files.Create(position.File);
        identity = identity.Started(options.StartNonce ?? DrawNonce(), position.File);
        IdentityFile.Write(disk, identity);
        Identity = identity.Identity;
        Starts = identity.Starts;
        _writer = new JournalWriter(
            JournalLayout.SiloSeed(Identity.Silo), options, _files, time, position, file, recovery.Dirty, recovery.ReplayedBytes)
        {
            CheckpointDue = () => CheckpointDue?.Invoke(),
            CheckpointOverdue = () => CheckpointOverdue?.Invoke(),
            BatchWritten = _space.Count,
            Synced = elapsed => JournalSynced?.Invoke(elapsed),
            BatchCompleted = mayLinger => BatchCompleted?.Invoke(mayLinger),
        };
        foreach (var note in recovery.FaultNotes)
        {
            Append(note);
        }

        _scrubber = new Scrubber(_segments, GroupsToScrub, DescribeToScrub, OpenLog, VerifyCheckpoint);
    }

    /// <summary>Who the data belongs to. The epoch is one higher than at any start before.</summary>
    public SiloIdentity Identity { get; private set; }

    /// <summary>The starts that the directory has been through, the present one first, as far as it remembers them.</summary>
    public IReadOnlyList<SiloStart> Starts { get; }

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
    /// Called on the writer's thread when checkpoints have failed to come for so long that the journal has reached half of
    /// <see cref="StorageOptions.MaxJournalBytes"/>, once until one is completed. It must be short.
    /// </summary>
    public event Action? CheckpointOverdue;

    /// <summary>Called on the writer's thread with the time that the write and sync of a batch took. It must be short.</summary>
    public event Action<TimeSpan>? JournalSynced;

    /// <summary>
    /// Called when damage was found in a segment of a group, by a reader, an append or <see cref="Scrub"/>, on their thread;
    /// <see cref="ChannelLog.Faults"/> tells where. It must be short and must not call the store.
    /// </summary>
    public event Action<GroupId>? FaultFound;

    /// <summary>
    /// Called on the writer's thread after every write of a batch was completed. True says that nothing waits to be written, or that the batch was
    /// small: the handler may take its time then, where otherwise it should leave the thread to the next batch.
    /// </summary>
    public event Action<bool>? BatchCompleted;

    /// <summary>
    /// Opens the store on <paramref name="disk"/>, which it owns from here on, and recovers what is there; an empty disk becomes a new
    /// store. <see cref="StorageCorruptException"/> when acknowledged data is damaged or missing: nothing has been changed then. With
    /// <see cref="DamagePolicy.Report"/> that happens only when both copies of the checkpoint or of the identity are damaged, or when a
    /// newer version has written what this one does not know; the directory is then to be set aside, and the silo joins as a new one.
    /// </summary>
    /// <param name="disk">Where the files are.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="fail">Called at most once, when a write or sync failed. It must stop the process: nothing is acknowledged any more.</param>
    /// <param name="log">Takes sentences for the operator, such as that a spare copy had to be used.</param>
    /// <param name="time">Measures syncs.</param>
    /// <param name="policy">What to do about damage.</param>
    public static SiloStore Open(
        IDisk disk,
        StorageOptions options,
        Action<Exception> fail,
        Action<string>? log = null,
        TimeProvider? time = null,
        DamagePolicy policy = DamagePolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fail);
        options.Validate();
        try
        {
#pragma warning disable RS0030 // The default of an argument.
            return new SiloStore(new GuardedDisk(disk, fail), options, policy, log ?? (_ => { }), time ?? TimeProvider.System);
#pragma warning restore RS0030
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

    /// <summary>
    /// Instead of <see cref="Start"/>, as a simulation wants it: the caller sees to it that <see cref="Pump"/> is called whenever the store
    /// <see cref="HasWork"/>. Whoever has to wait here for that, or for another caller, calls <paramref name="waitUntil"/>, which returns
    /// once its argument has become true.
    /// </summary>
    public void Drive(Action<Func<bool>> waitUntil)
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The store has been started.");
        }

        _waitUntil = waitUntil;
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
        write.EncodedSnapshot = write.Snapshot?.Encode() ?? [];
        _writer.Add(write);
    }

    /// <summary>
    /// For idle moments (50 ms after the last write is a good time): follows the last batch by an empty one, after which no damage can
    /// pass for an unfinished write. Does nothing where that has been done.
    /// </summary>
    public void Seal() => _writer.Add(new JournalWrite { Command = JournalCommand.Seal });

    /// <summary>The messages of a channel. The same object for every call, until it is deleted: then one for the group's next life.</summary>
    public ChannelLog OpenLog(GroupId group)
    {
        while (true)
        {
            var opened = _logs.GetOrAdd(
                group,
                static (key, store) => new Lazy<ChannelLog>(
                    () => new ChannelLog(key, store._recovered.GetValueOrDefault(key, RecoveredChannel.Empty), store._segments)),
                this);
            if (!opened.Value.IsDeleted)
            {
                return opened.Value;
            }

            _recovered.TryRemove(group, out _);
            _logs.TryRemove(KeyValuePair.Create(group, opened));
        }
    }

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

    /// <summary>The cluster that the silo belongs to for good, by <see cref="JoinCluster"/>; empty if there is none.</summary>
    public Guid BoundTo => _isBlank ? Guid.Empty : Identity.Cluster;

    /// <summary>
    /// Records the cluster that the silo belongs to. From then on it is fixed, unless the silo ends before it has written anything of that
    /// cluster: then it has promised nothing there, and after a restart it may belong to another.
    /// </summary>
    public void JoinCluster(Guid cluster)
    {
        if (BoundTo != Guid.Empty && BoundTo != cluster)
        {
            throw new InvalidOperationException($"The data belongs to cluster {Identity.Cluster}.");
        }

        _isBlank = false;
        Identity = Identity with { Cluster = cluster };
        IdentityFile.Write(_disk, new StoredIdentity(Identity, IsFormatted: true, _identityFile, Starts));
    }

    /// <summary>The disk has not finished a write for this long: whoever waits for one had better not.</summary>
    public bool IsStalled(TimeSpan limit) => _writer.WritingFor > limit;

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
        _logs.TryGetValue(group, out var log) ? log.Value.ToManifest() : _recovered.GetValueOrDefault(group, RecoveredChannel.Empty).Manifest;

    internal void Complete(Checkpoint checkpoint)
    {
        using (Change())
        {
            CompleteAlone(checkpoint);
        }

        _space.TryRestoreBallast();
        Volatile.Write(ref _checkpointing, 0);
    }

    private void CompleteAlone(Checkpoint checkpoint)
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
        _checkpoint = _checkpointFile.Write(_checkpoint, checkpoint.Start, changed, kept, condemned, MayLackGroups);
        _segments.Condemned.Remove(condemned);
        _files.Recycle(checkpoint.Start.File);
        _writer.GiveUpBeforeRoll();
        RemoveUselessStaged(_ => true);
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

#pragma warning disable RS0030 // The default of an option.
    private static ushort DrawNonce() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
#pragma warning restore RS0030

    private StoredIdentity Format()
    {
        // The first thing that formatting makes durable is the identity: without it there is either nothing or damage.
        if (IdentityFile.Read(_disk, _log) is null
            && _disk.List("").Any(name => name is JournalLayout.FolderName or SegmentKey.RootFolder or "CHECKPOINT.a" or "CHECKPOINT.b"))
        {
            throw new StorageCorruptException("IDENT.a", 0, "neither copy of the silo's identity can be read, and there is data");
        }

#pragma warning disable RS0030 // The default of an option.
        var silo = _options.NewSiloId ?? new Guid(RandomNumberGenerator.GetBytes(16));
#pragma warning restore RS0030
        var identity = new SiloIdentity(silo, Guid.Empty, 0);
        IdentityFile.Write(_disk, new StoredIdentity(identity, IsFormatted: false, 1, []));
        _disk.CreateDirectory(JournalLayout.FolderName);
        _disk.CreateDirectory(SegmentKey.RootFolder);
        _disk.SyncDirectory("");
        _files.Create(1).Dispose();
        var start = new JournalPosition(File: 1, Batch: 1, PreviousCrc: 0);
        var nothing = new CheckpointImage(0, start, new Dictionary<GroupId, CheckpointSlot>(), [], MayLackGroups: false);
        new CheckpointFile(_disk, silo, _log).Write(nothing, start, [], [], [], mayLackGroups: false);

        // The caller writes the identity once more, as that of a formatted store; a crash before only formats again.
        return new StoredIdentity(identity, IsFormatted: false, 1, []);
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

    /// <summary>Holds the files that a checkpoint names, and the checkpoint, until the result is disposed.</summary>
    private Lock.Scope Change()
    {
        if (_waitUntil is null)
        {
            return _changing.EnterScope();
        }

        // Whoever holds it may stand still as long as this thread blocks. Once taken, entering again does not block.
        _waitUntil(_changing.TryEnter);
        var scope = _changing.EnterScope();
        _changing.Exit();
        return scope;
    }

    private void WaitFor(JournalCommand command)
    {
        using var done = new ManualResetEventSlim();
        _writer.Add(new JournalWrite { Command = command, Completed = _ => done.Set() });
        if (_thread is not null)
        {
            _thread.WaitFor(done);
        }
        else if (_waitUntil is not null)
        {
            _waitUntil(() => done.IsSet);
        }
        else
        {
            while (!done.IsSet)
            {
                Pump();
            }
        }
    }
}
