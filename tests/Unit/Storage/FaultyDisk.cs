using Bayou.Storage;

namespace Bayou.Unit.Storage;

/// <summary>A disk whose writes or syncs can be made to fail.</summary>
internal sealed class FaultyDisk(IDisk disk) : IDisk
{
    public bool FailsWrites { get; set; }

    public bool FailsSyncs { get; set; }

    /// <summary>Drops writes, so that what the store itself costs can be measured.</summary>
    public bool IsSilent { get; set; }

    public long FreeBytes => disk.FreeBytes;

    public long CapacityBytes => disk.CapacityBytes;

    public IDiskFile Open(string path, bool create = false) => new FaultyFile(disk.Open(path, create), this);

    public IDiskFile OpenUncached(string path) => disk.OpenUncached(path);

    public bool Exists(string path) => disk.Exists(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void Delete(string path) => disk.Delete(path);

    public void DeleteEmptyDirectory(string path) => disk.DeleteEmptyDirectory(path);

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public void SyncDirectory(string path) => Check(FailsSyncs);

    public void SyncAll() => Check(FailsSyncs);

    public void Dispose() => disk.Dispose();

    private static void Check(bool fails)
    {
        if (fails)
        {
            throw new DiskFailureException("input/output error");
        }
    }

    private sealed class FaultyFile(IDiskFile file, FaultyDisk disk) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            Check(disk.FailsWrites);
            if (!disk.IsSilent)
            {
                file.Write(bytes, offset);
            }
        }

        public void Sync()
        {
            Check(disk.FailsSyncs);
            if (!disk.IsSilent)
            {
                file.Sync();
            }
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Extend(long length) => file.Extend(length);

        public void Dispose() => file.Dispose();
    }
}
