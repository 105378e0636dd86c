using Bayou.Storage;

namespace Bayou.Unit.Storage;

/// <summary>A disk that loses power at the n-th change, before it or after it has reached the memory of the disk.</summary>
internal sealed class CountingDisk(IDisk disk) : IDisk
{
    private int _changes;

    public int CrashAfter { get; set; } = int.MaxValue;

    public long FreeBytes => disk.FreeBytes;

    public long CapacityBytes => disk.CapacityBytes;

    public IDiskFile Open(string path, bool create = false)
    {
        if (create)
        {
            Count(() => { });
        }

        return new CountingFile(disk.Open(path, create), this);
    }

    public IDiskFile OpenUncached(string path) => disk.OpenUncached(path);

    public bool Exists(string path) => disk.Exists(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void Delete(string path) => Count(() => disk.Delete(path));

    public void DeleteEmptyDirectory(string path) => Count(() => disk.DeleteEmptyDirectory(path));

    public void Rename(string source, string target) => Count(() => disk.Rename(source, target));

    public void CreateDirectory(string path) => Count(() => disk.CreateDirectory(path));

    public void SyncDirectory(string path) => Count(() => disk.SyncDirectory(path));

    public void SyncAll() => Count(disk.SyncAll);

    public void Dispose() => disk.Dispose();

    private void Count(Action change)
    {
        var number = ++_changes;
        if (number > CrashAfter || (number == CrashAfter && number % 2 == 0))
        {
            throw new PowerCutException();
        }

        change();
        if (number == CrashAfter)
        {
            throw new PowerCutException();
        }
    }

    private sealed class CountingFile(IDiskFile file, CountingDisk disk) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var copy = bytes.ToArray();
            disk.Count(() => file.Write(copy, offset));
        }

        public void Sync() => disk.Count(file.Sync);

        public void SetLength(long length) => disk.Count(() => file.SetLength(length));

        public void Extend(long length) => disk.Count(() => file.Extend(length));

        public void Dispose() => file.Dispose();
    }
}
