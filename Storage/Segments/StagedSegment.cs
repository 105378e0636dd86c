namespace Bayou.Storage.Segments;

/// <summary>
/// Bytes of one segment on their way into it, gathered in a file of their own at their final offsets. The file says by itself how
/// far it is whole, so an import can be taken up again after a restart without any record of it.
/// </summary>
internal sealed class StagedSegment
{
    private const int CopyBytes = 256 << 10;

    private readonly SegmentServices _services;
    private readonly ByteRanges _received = new();
    private bool _isInherited;
    private SparseIndex? _index;

    /// <summary>Stages all of a segment, or of an unsealed one the part from <paramref name="from"/> on, where a frame begins.</summary>
    public StagedSegment(SegmentServices services, SegmentKey key, SegmentInfo info, long from = 0)
    {
        (_services, Key, Info, From) = (services, key, info, from);
        services.Disk.CreateDirectory(SegmentKey.StagedRoot);
        services.Disk.CreateDirectory(SegmentKey.StagedFolderOf(key.Group));
    }

    public SegmentKey Key { get; }

    /// <summary>What the segment is once everything is there.</summary>
    public SegmentInfo Info { get; }

    public long From { get; }

    /// <summary>Damage that was seen is not on the disk: a read went wrong, once. There is nothing to fetch, and no file.</summary>
    private bool IsEmpty => From == Info.Length;

    public IEnumerable<SegmentRange> Missing =>
        _received.Gaps(From, Info.Length).Select(gap => new SegmentRange(Key.First, gap.Start, gap.End - gap.Start));

    /// <summary>Takes over the whole frames at the beginning of what an earlier import left; returns how far they go.</summary>
    public long Resume()
    {
        var wholeBytes = _services.Disk.Exists(Key.StagedPath) ? Walk().WholeBytes : From;
        Receive(From, wholeBytes);
        _isInherited = wholeBytes > From;
        return wholeBytes;
    }

    /// <summary>Takes over the beginning of a shorter version of the segment, which must have been found whole so far.</summary>
    public void Adopt(SegmentReader source, long wholeBytes)
    {
        using var target = _services.Disk.Open(Key.StagedPath, create: true);
        Copy(source, target, 0, wholeBytes);
        Receive(0, wholeBytes);
        _isInherited = true;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset < From || offset + bytes.Length > Info.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Segment {Key.First} takes bytes {From}..{Info.Length}.");
        }

        using var file = _services.Disk.Open(Key.StagedPath, create: true);
        file.Write(bytes, offset);
        Receive(offset, offset + bytes.Length);
    }

    /// <summary>
    /// Checks everything that was gathered. <see cref="StorageCorruptException"/> when it is not what the manifest names: from the bad
    /// place on it is missing again, or all of it when a part was not fetched but found here.
    /// </summary>
    public void Verify()
    {
        if (IsEmpty)
        {
            return;
        }

        var walk = Walk();
        if (walk.Damage is { } damage)
        {
            Reject(walk.WholeBytes, damage.Offset, damage.Reason);
        }

        if (From == 0 && walk.ToInfo(Info.IsSealed) != Info)
        {
            Reject(0, 0, "the segment is whole and not the one that the manifest names");
        }

        _index = walk.Index;
    }

    /// <summary>Completes a verified segment by its footer.</summary>
    public void Finish()
    {
        if (IsEmpty)
        {
            return;
        }

        using var file = _services.Disk.Open(Key.StagedPath);
        file.SetLength(Info.Length);
        if (Info.IsSealed)
        {
            file.Write(SegmentFooter.Encode(Key, Info, _index!), Info.Length);
        }
    }

    /// <summary>Writes the verified part into <paramref name="target"/>.</summary>
    public void CopyTo(IDiskFile target)
    {
        if (IsEmpty)
        {
            return;
        }

        using var file = _services.Disk.Open(Key.StagedPath);
        Copy((_, buffer, offset) => file.Read(buffer, offset), target, From, Info.Length);
    }

    private void Reject(long wholeBytes, long offset, string reason)
    {
        _received.RemoveFrom(_isInherited ? From : wholeBytes);
        _isInherited = false;
        throw new StorageCorruptException(Key.StagedPath, offset, reason);
    }

    private void Copy(SegmentReader source, IDiskFile target, long from, long to)
    {
        var buffer = new byte[CopyBytes];
        for (var offset = from; offset < to;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - offset));
            if (source(Key, part, offset) < part.Length)
            {
                throw new StorageCorruptException(Key.Path, offset, "the file became shorter while it was copied");
            }

            target.Write(part, offset);
            offset += part.Length;
        }
    }

    private SegmentWalk Walk()
    {
        using var file = _services.Disk.Open(Key.StagedPath);
        var walk = new SegmentWalk(Key, (_, buffer, offset) => file.Read(buffer, offset), _services.Options.ReadChunkBytes, From);
        walk.Advance(Info.Length);
        return walk;
    }

    private void Receive(long start, long end)
    {
        if (start < end)
        {
            _received.Add(start, end);
        }
    }
}
