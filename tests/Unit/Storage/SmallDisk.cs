using Bayou.Storage;
using Bayou.Storage.Disk;

namespace Bayou.Unit.Storage;

/// <summary>A disk that gets full.</summary>
internal sealed class SmallDisk(MemoryDisk disk, long capacityBytes) : IDisk
{
    /// <summary>Taken by somebody else.</summary>
    public long ForeignBytes { get; set; }

    public long CapacityBytes => capacityBytes;

    public long FreeBytes => Math.Max(0, capacityBytes - ForeignBytes - Used(""));

    public IDiskFile Open(string path, bool create = false) => new SmallFile(disk.Open(path, create), this);

    public bool Exists(string path) => disk.Exists(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public bool TryReserve(string path, long bytes)
    {
        if (FreeBytes < bytes)
        {
            return false;
        }

        disk.Open(path, create: true).Extend(bytes);
        return true;
    }

    public void Delete(string path) => disk.Delete(path);

    public void DeleteEmptyDirectory(string path) => disk.DeleteEmptyDirectory(path);

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public void SyncDirectory(string path) => disk.SyncDirectory(path);

    public void SyncAll() => disk.SyncAll();

    public void Dispose() => disk.Dispose();

    private long Used(string folder) => disk.List(folder).Sum(name =>
    {
        var path = folder.Length == 0 ? name : $"{folder}/{name}";
        return disk.Exists(path) ? disk.LengthOf(path) : Used(path);
    });

    private void Require(IDiskFile file, long length)
    {
        if (length - file.Length > FreeBytes)
        {
            throw new DiskFullException("write failed: no space left", new IOException());
        }
    }

    private sealed class SmallFile(IDiskFile file, SmallDisk disk) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Require(file, offset + bytes.Length);
            file.Write(bytes, offset);
        }

        public void Sync() => file.Sync();

        public void SetLength(long length) => file.SetLength(length);

        public void Extend(long length)
        {
            disk.Require(file, length);
            file.Extend(length);
        }

        public void Dispose() => file.Dispose();
    }
}
