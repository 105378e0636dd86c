using Bayou.Records;
using Bayou.Storage.Segments;

namespace Bayou.Storage.Recovery;

/// <summary>
/// Reads everything that is durable once more, a piece per call, so that damage is found while another replica still has the data.
/// A pass goes through the copies of the checkpoint and then all segments, by group and sequence; it reads from the disk itself
/// and leaves what is cached alone.
/// </summary>
/// <param name="services">The disk and the sizes.</param>
/// <param name="groups">The groups to look at, in order; asked once per pass.</param>
/// <param name="describe">The segments of a group, all written.</param>
/// <param name="open">The log that is told of damage.</param>
/// <param name="verifyCheckpoint">Looks at the copies of the checkpoint; returns bytes read and damaged copies.</param>
internal sealed class Scrubber(
    SegmentServices services,
    Func<GroupId[]> groups,
    Func<GroupId, ChannelManifest> describe,
    Func<GroupId, ChannelLog> open,
    Func<(long Bytes, int Damaged)> verifyCheckpoint)
{
    private readonly Queue<GroupId> _groups = [];
    private readonly Queue<SegmentInfo> _segments = [];
    private GroupId _group;
    private SegmentInfo _segment;
    private SegmentWalk? _walk;
    private IDiskFile? _file;
    private bool _isUnderWay;

    public ScrubStep Step(long byteBudget)
    {
        var bytes = 0L;
        var faults = 0;
        if (!_isUnderWay)
        {
            (bytes, faults) = verifyCheckpoint();
            _isUnderWay = true;
            Array.ForEach(groups(), _groups.Enqueue);
        }

        try
        {
            while (bytes < byteBudget)
            {
                if (_walk is null && !TryBegin())
                {
                    _isUnderWay = false;
                    return new ScrubStep(bytes, faults, IsPassComplete: true);
                }

                var before = _walk!.WholeBytes;
                var isAtEnd = _walk.Advance(_segment.Length, byteBudget - bytes);
                bytes += Math.Max(1, _walk.WholeBytes - before);
                if (isAtEnd || _walk.Damage is not null)
                {
                    faults += Judge(_walk) ? 0 : 1;
                    _walk = null;
                    Close();
                }
            }

            return new ScrubStep(bytes, faults, IsPassComplete: false);
        }
        finally
        {
            // Not kept from call to call: the file may be trimmed or replaced.
            Close();
        }
    }

    private bool TryBegin()
    {
        while (_segments.Count == 0)
        {
            if (!_groups.TryDequeue(out _group))
            {
                return false;
            }

            foreach (var segment in describe(_group).Segments)
            {
                _segments.Enqueue(segment);
            }
        }

        _segment = _segments.Dequeue();
        _walk = new SegmentWalk(new SegmentKey(_group, _segment.First), Read, services.Options.ReadChunkBytes);
        return true;
    }

    /// <summary>True when the segment is whole, or is no longer part of its channel.</summary>
    private bool Judge(SegmentWalk walk)
    {
        var key = new SegmentKey(_group, _segment.First);
        var damage = walk.Damage;
        if (damage is null && _segment.IsSealed)
        {
            damage = walk.Hash != _segment.Hash
                ? new StorageCorruptException(key.Path, 0, "the frames of a sealed segment are whole, and not those that were hashed")
                : HasFooter(key) ? null : new StorageCorruptException(key.Path, _segment.Length, "the footer of a sealed segment fails its checksum");
        }

        return damage is null || !open(_group).NoteFault(_segment, damage);
    }

    private bool HasFooter(SegmentKey key)
    {
        _file ??= services.Disk.OpenUncached(key.Path);
        var footer = new byte[Math.Clamp(_file.Length - _segment.Length, 0, int.MaxValue / 2)];
        return _file.Read(footer, _segment.Length) == footer.Length && SegmentFooter.TryRead(footer, key, _segment.Length) is not null;
    }

    private int Read(SegmentKey key, Span<byte> buffer, long offset)
    {
        _file ??= services.Disk.OpenUncached(key.Path);
        return _file.Read(buffer, offset);
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
