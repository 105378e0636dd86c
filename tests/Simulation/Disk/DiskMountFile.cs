using Bayou.Storage;

namespace Bayou.Simulation.Disk;

internal sealed class DiskMountFile(DiskMount mount, string path, FileContent file, bool isUncached = false) : IDiskFile
{
    public long Length => file.Length;

    public int Read(Span<byte> buffer, long offset) => mount.Read(path, file, buffer, offset, isUncached);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => mount.Write(path, file, bytes, offset);

    public void Sync() => mount.Sync(path, file);

    public void SetLength(long length) => mount.Resize(path, file, length);

    public void Extend(long length) => mount.Resize(path, file, Math.Max(file.Length, length));

    public void Dispose()
    {
        // The file lives on in its disk.
    }
}
