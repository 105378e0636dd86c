using System.Buffers.Binary;
using System.Globalization;
using Bayou.Import.Wire;
using Google.Protobuf;

namespace Bayou.Import.Cluster;

/// <summary>
/// Where a node keeps its Raft log: <c>raft.log</c>, and beside it <c>snapshots/term-index-time/state.bin</c>, a u32 of the size and then the
/// state that everything up to that index amounts to.
/// </summary>
internal sealed class RaftFolder
{
    private const string LogFile = "raft.log";

    private readonly string _path;

    private RaftFolder(string path) => _path = path;

    /// <summary>Finds the log in the directory that is configured as <c>log_path</c>, or in the cluster's own within it.</summary>
    public static RaftFolder Find(string directory, string clusterId)
    {
        string[] candidates = [Path.Combine(directory, clusterId), directory];
        return Array.Find(candidates, path => File.Exists(Path.Combine(path, LogFile))) is { } path
            ? new RaftFolder(path)
            : throw new SourceException($"There is no {LogFile} in {directory}, nor in its folder {clusterId}.");
    }

    /// <summary>The newest snapshot and the index that it stands at; null and 0 where there is none.</summary>
    public (RaftSnapshot? State, ulong Index) ReadSnapshot()
    {
        var folder = Path.Combine(_path, "snapshots");
        var newest = (Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [])
            .Select(path => (Path: path, Place: PlaceOf(Path.GetFileName(path))))
            .Where(snapshot => snapshot.Place is not null)
            .OrderByDescending(snapshot => snapshot.Place)
            .FirstOrDefault();
        return newest.Path is { } found ? (ReadState(Path.Combine(found, "state.bin")), newest.Place!.Value.Index) : (null, 0);
    }

    /// <summary>Hands over the entries in order.</summary>
    /// <exception cref="SourceException">The log is damaged.</exception>
    public void ReadEntries(Action<RaftEntry> take)
    {
        try
        {
            using var file = new BoltFile(Path.Combine(_path, LogFile));
            foreach (var (key, value) in file.ReadBucket("logs"u8.ToArray()))
            {
                take(RaftEntry.Read(key.Span, value.Span));
            }
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(LogFile, exception);
        }
    }

    private static RaftSnapshot ReadState(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != bytes.Length - sizeof(uint))
        {
            throw new SourceException($"The Raft snapshot {path} is not as long as it says.");
        }

        try
        {
            return RaftSnapshot.Parser.ParseFrom(bytes.AsSpan(sizeof(uint)));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Damaged(path, exception);
        }
    }

    private static SourceException Damaged(string file, Exception cause) =>
        new($"The Raft log cannot be read: {file} is damaged, {cause.Message}. Import from another node of the cluster.", cause);

    /// <summary>A snapshot that was not finished has another suffix, and is none.</summary>
    private static (ulong Term, ulong Index, ulong Time)? PlaceOf(string name)
    {
        var parts = name.Split('-');
        var numbers = parts
            .Select(part => ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (ulong?)null)
            .ToArray();
        return numbers is [{ } term, { } index, { } time] ? (term, index, time) : null;
    }
}
