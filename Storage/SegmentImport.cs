using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>
/// Segments of a channel on their way from other replicas: for a snapshot (<see cref="ChannelLog.BeginImport"/>) or in place of
/// damaged ones (<see cref="ChannelLog.BeginRepair"/>). Bytes come in any order and from anybody; nothing that readers see changes
/// before <see cref="Complete"/>. One thread at a time uses it.
/// </summary>
public sealed class SegmentImport : IDisposable
{
    private readonly ChannelLog _log;
    private readonly SortedDictionary<ulong, StagedSegment> _staged = [];

    internal SegmentImport(ChannelLog log, ChannelManifest manifest, ChannelManifest? replaced, IEnumerable<StagedSegment> staged)
    {
        _log = log;
        Manifest = manifest;
        Replaced = replaced;
        foreach (var segment in staged)
        {
            _staged.Add(segment.Key.First, segment);
        }
    }

    /// <summary>What the bytes must make up.</summary>
    public ChannelManifest Manifest { get; }

    /// <summary>What is to be fetched, in order: of what it has already, this silo keeps all that is the same.</summary>
    public IReadOnlyList<SegmentRange> Missing => [.. _staged.Values.SelectMany(segment => segment.Missing)];

    /// <summary>Sum of <see cref="Missing"/>, in bytes.</summary>
    public long MissingBytes => _staged.Values.Sum(segment => segment.Missing.Sum(range => range.Length));

    /// <summary>
    /// For the import of a snapshot, asked by whoever appends: the channel went on meanwhile, into files that the import counts on. It has to begin
    /// again.
    /// </summary>
    public bool IsOutgrown => _log.HasOutgrown(this);

    /// <summary>The segments are in place and durable.</summary>
    public bool IsCompleted { get; internal set; }

    /// <summary>The channel as the import found it; null for a repair, which replaces only what is damaged.</summary>
    internal ChannelManifest? Replaced { get; }

    internal bool IsRepair => Replaced is null;

    /// <summary>Everything was checked and is durable, and only has to be moved into place.</summary>
    internal bool IsPrepared { get; private set; }

    internal IReadOnlyCollection<StagedSegment> Staged => _staged.Values;

    /// <summary>Takes bytes of one of the <see cref="Missing"/> ranges; <see cref="ArgumentException"/> for others.</summary>
    public void Write(ulong segmentFirst, long offset, ReadOnlySpan<byte> bytes)
    {
        if (IsPrepared || !_staged.TryGetValue(segmentFirst, out var segment))
        {
            throw new ArgumentException($"Nothing is missing in segment {segmentFirst}.", nameof(segmentFirst));
        }

        segment.Write(offset, bytes);
    }

    /// <summary>
    /// The part of <see cref="Complete"/> that takes its time: checks every frame and the hashes, and syncs. Readers and appends go on
    /// meanwhile. The same exceptions.
    /// </summary>
    public void Prepare()
    {
        RequireAll();
        foreach (var segment in _staged.Values)
        {
            segment.Verify();
            segment.Finish();
        }

        _log.SyncStaged();
        IsPrepared = true;
    }

    /// <summary>
    /// Checks every frame and the hashes, syncs, and moves the segments into place. <see cref="StorageCorruptException"/> when something
    /// is not what the manifest names: it is <see cref="Missing"/> again, and everything else is as before.
    /// <see cref="InvalidOperationException"/> while bytes are missing or when the channel has changed meanwhile. Blocks on the disk.
    /// <para>
    /// After a completed import the channel takes no appends until <see cref="ChannelLog.Install"/> or <see cref="Dispose"/>.
    /// </para>
    /// </summary>
    public void Complete()
    {
        if (!IsPrepared)
        {
            Prepare();
        }

        RequireAll();
        _log.Complete(this);
        IsCompleted = true;
    }

    /// <summary>Gives the import up and removes what it gathered.</summary>
    public void Abandon()
    {
        Dispose();
        _log.RemoveStaged();
    }

    /// <summary>Ends the import. What was gathered stays for the next one, which a restart may come before.</summary>
    public void Dispose() => _log.End(this);

    private void RequireAll()
    {
        if (IsCompleted || MissingBytes > 0)
        {
            throw new InvalidOperationException(IsCompleted ? "The import was completed before." : $"{MissingBytes} bytes are missing.");
        }
    }
}
