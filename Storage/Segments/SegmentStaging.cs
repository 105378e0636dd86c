using System.Globalization;
using Bayou.Records;

namespace Bayou.Storage.Segments;

/// <summary>Decides what of a channel has to come from another replica, and looks after the files in which it is gathered.</summary>
internal sealed class SegmentStaging(GroupId group, SegmentServices services)
{
    /// <summary>
    /// The segments that <paramref name="manifest"/> names and that are not here as they should be; each with what of it is here
    /// already. <see cref="InvalidDataException"/> when one here cannot become the one named.
    /// </summary>
    public List<StagedSegment> PlanImport(ChannelManifest manifest, ChannelManifest own, IReadOnlyList<SegmentFault> faults)
    {
        var mine = own.Segments.ToDictionary(segment => segment.First);
        var faulty = faults.Select(fault => fault.SegmentFirst).ToHashSet();
        var named = manifest.Segments.Select(segment => segment.First).ToHashSet();
        Remove(first => !named.Contains(first));
        var staged = new List<StagedSegment>();
        foreach (var segment in manifest.Segments)
        {
            if (segment is { IsSealed: true } && segment.Hash == 0)
            {
                throw new InvalidDataException($"Segment {segment.First} of group {group} is damaged where the manifest comes from.");
            }

            // A file that an earlier import left here may be what is wanted, and was about to be removed.
            services.Condemned.Pardon(KeyOf(segment));
            if (mine.TryGetValue(segment.First, out var version))
            {
                RequireGrowth(version, segment);
            }

            if ((version != segment || faulty.Contains(segment.First)) && Plan(segment, isToReplace: false) is { } needed)
            {
                staged.Add(needed);
            }
        }

        return staged;
    }

    /// <summary>Those of the <paramref name="damaged"/> segments that the other replica has whole.</summary>
    public List<StagedSegment> PlanRepair(ChannelManifest manifest, List<SegmentInfo> damaged)
    {
        var theirs = manifest.Segments.ToDictionary(segment => segment.First);
        var staged = new List<StagedSegment>();
        foreach (var mine in damaged)
        {
            if (!theirs.TryGetValue(mine.First, out var segment))
            {
                continue;
            }

            if (!mine.IsSealed && segment.Last >= mine.Last)
            {
                // Appends go on: only what is damaged is written, in its place. A first frame comes with the header, which tells its file.
                var whole = WalkFile(mine).WholeBytes;
                staged.Add(new StagedSegment(services, KeyOf(mine), mine, whole > SegmentLayout.HeaderBytes ? whole : 0));
            }
            else if (mine.IsSealed && segment.IsSealed && segment.Hash != 0)
            {
                RequireGrowth(mine, segment);
                staged.Add(Plan(segment, isToReplace: true)!);
            }
        }

        return staged;
    }

    /// <summary>Removes staged files whose segments satisfy <paramref name="isToGo"/>.</summary>
    public void Remove(Func<ulong, bool> isToGo)
    {
        foreach (var name in services.Disk.List(SegmentKey.StagedFolderOf(group)))
        {
            if (SegmentKey.TryParse(name, out var first) && isToGo(first))
            {
                services.Disk.Delete(new SegmentKey(group, first).StagedPath);
            }
        }

        services.Disk.DeleteEmptyDirectory(SegmentKey.StagedFolderOf(group));
    }

    /// <summary>Groups for which something is staged.</summary>
    public static IEnumerable<GroupId> Groups(IDisk disk)
    {
        foreach (var name in disk.List(SegmentKey.StagedRoot))
        {
            if (ulong.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
            {
                yield return new GroupId(group);
            }
        }
    }

    /// <summary>What is missing of one segment; null when the file here is what is wanted.</summary>
    private StagedSegment? Plan(in SegmentInfo wanted, bool isToReplace)
    {
        var file = WalkFile(wanted);
        if (!isToReplace && file.WholeBytes == wanted.Length && file.ToInfo(wanted.IsSealed) == wanted && HasFooter(wanted))
        {
            return null;
        }

        var staged = new StagedSegment(services, KeyOf(wanted), wanted);
        if (staged.Resume() < file.WholeBytes)
        {
            staged.Adopt(services.Files.Read, file.WholeBytes);
        }

        return staged;
    }

    private SegmentWalk WalkFile(in SegmentInfo segment)
    {
        var walk = new SegmentWalk(KeyOf(segment), services.Files.Read, services.Options.ReadChunkBytes);
        walk.Advance(segment.Length);
        return walk;
    }

    private bool HasFooter(in SegmentInfo segment)
    {
        try
        {
            return !segment.IsSealed || FooterReader.Read(services.Files, KeyOf(segment), segment.Length) is not null;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }

    private SegmentKey KeyOf(in SegmentInfo segment) => new(group, segment.First);

    private void RequireGrowth(in SegmentInfo mine, in SegmentInfo wanted)
    {
        var isSame = mine.IsSealed
            ? wanted == (mine.Hash == 0 ? mine with { Hash = wanted.Hash } : mine)
            : wanted.Last >= mine.Last && wanted.Length >= mine.Length && wanted.FirstTimestamp == mine.FirstTimestamp;
        if (!isSame)
        {
            throw new InvalidDataException(
                $"Segment {mine.First} of group {group} differs from another replica's: they hold different messages under the same sequences.");
        }
    }
}
