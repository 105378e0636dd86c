using Bayou.Storage.Segments;

namespace Bayou.Storage;

/// <summary>What is known to be damaged.</summary>
public sealed partial class ChannelLog
{
    /// <summary>
    /// Damage that was seen, by a start, a reader or a scrub, and not repaired: at most one entry per segment, in order. Reading there
    /// throws <see cref="StorageCorruptException"/>.
    /// </summary>
    public IReadOnlyList<SegmentFault> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _segments.Where(segment => segment.Fault is not null).Select(segment => segment.Fault!.Value)];
            }
        }
    }

    /// <summary>Takes note of damage that a reader met; false when the segment has been given up or replaced, so that it is none.</summary>
    internal bool NoteFault(ChannelSegment segment, StorageCorruptException damage)
    {
        lock (_gate)
        {
            if (!_segments.Contains(segment))
            {
                return false;
            }

            Mark(segment, damage);
            return true;
        }
    }

    /// <summary>The same for somebody who knows the segment by its manifest.</summary>
    internal bool NoteFault(in SegmentInfo info, StorageCorruptException damage)
    {
        lock (_gate)
        {
            var first = info.First;
            return _segments.Find(segment => segment.Key.First == first) is { } segment && NoteFault(segment, damage);
        }
    }

    private void Mark(ChannelSegment segment, StorageCorruptException damage)
    {
        var offset = Math.Min(damage.Offset, segment.Written);
        if (segment.Fault is { } known)
        {
            if (known.Offset <= offset && offset <= known.Offset + known.Length)
            {
                return;
            }

            offset = Math.Min(offset, known.Offset);
        }

        segment.Fault = new SegmentFault(segment.Key.First, offset, segment.Written - offset, damage.Reason);
        _services.FaultFound(Group);
    }

    /// <summary>
    /// A segment ends while a part of it is damaged. It stays without footer and hash, so that nothing certifies the damage, until
    /// it is replaced.
    /// </summary>
    private void SealDamaged(ChannelSegment segment, StorageCorruptException damage)
    {
        if (_services.Policy == DamagePolicy.Refuse)
        {
            throw damage;
        }

        Mark(segment, damage);
        segment.IsSealed = true;
        segment.Index = null;
        _writer.Forget();
    }
}
