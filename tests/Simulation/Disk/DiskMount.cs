using Bayou.Simulation.Engine;
using Bayou.Storage;

namespace Bayou.Simulation.Disk;

/// <summary>A disk in the hands of one process. When that has ended, every change it still tries is refused.</summary>
public sealed class DiskMount : IDisk
{
    private readonly VirtualDisk _disk;
    private readonly Action<TimeSpan>? _wait;
    private readonly Action? _powerFailed;
    private bool _isGone;

    internal DiskMount(VirtualDisk disk, Action<TimeSpan>? wait, Action? powerFailed)
    {
        _disk = disk;
        _wait = wait;
        _powerFailed = powerFailed;
    }

    public long FreeBytes => _disk.FreeBytes;

    public long CapacityBytes => _disk.Capacity;

    public IDiskFile Open(string path, bool create = false)
    {
        ThrowIfGone();
        if (_disk.Names.Find(path) is not { } file)
        {
            if (!create)
            {
                throw new FileNotFoundException($"There is no {path}.", path);
            }

            if (!_disk.Names.IsDirectory(NameTable.DirectoryOf(path)))
            {
                throw new DiskFailureException($"open of {path} failed: there is no such directory");
            }

            file = new FileContent();
            Change(() => _disk.Names.Add(path, file));
        }

        return new DiskMountFile(this, path, file);
    }

    /// <summary>Past what the system remembers: sectors that a failed sync gave up show what the medium holds.</summary>
    public IDiskFile OpenUncached(string path)
    {
        ThrowIfGone();
        return _disk.Names.Find(path) is { } file
            ? new DiskMountFile(this, path, file, isUncached: true)
            : throw new FileNotFoundException($"There is no {path}.", path);
    }

    public bool TryReserve(string path, long bytes)
    {
        if (_disk.FreeBytes < bytes)
        {
            return false;
        }

        Open(path, create: true).Extend(bytes);
        return true;
    }

    public bool Exists(string path) => LengthOf(path) >= 0;

    public long LengthOf(string path)
    {
        ThrowIfGone();
        return _disk.Names.Find(path)?.Length ?? -1;
    }

    public IReadOnlyList<string> List(string directory)
    {
        ThrowIfGone();
        return _disk.Names.List(directory);
    }

    public void Delete(string path)
    {
        if (Exists(path))
        {
            Change(() => _disk.Names.Remove(path));
        }
    }

    public void DeleteEmptyDirectory(string path)
    {
        ThrowIfGone();
        if (_disk.Names.IsDirectory(path) && _disk.Names.List(path).Count == 0)
        {
            Change(() => _disk.Names.Remove(path));
        }
    }

    public void Rename(string source, string target)
    {
        if (!Exists(source))
        {
            throw new DiskFailureException($"rename of {source} failed: there is no such file");
        }

        Change(() => _disk.Names.Rename(source, target));
    }

    public void CreateDirectory(string path)
    {
        ThrowIfGone();
        ArgumentNullException.ThrowIfNull(path);
        if (_disk.Names.IsDirectory(path))
        {
            return;
        }

        if (NameTable.DirectoryOf(path) is { Length: > 0 } parent)
        {
            CreateDirectory(parent);
        }

        Change(() => _disk.Names.Add(path, file: null));
    }

    public void SyncDirectory(string path)
    {
        Wait();
        FailSyncIfDue("directory " + path, fail: null);
        Change(() => _disk.Names.SyncDirectory(path));
    }

    public void SyncAll()
    {
        Wait();
        FailSyncIfDue("everything", fail: null);
        Change(_disk.SyncAll);
    }

    public void Dispose() => _isGone = true;

    /// <summary>The process has ended.</summary>
    public void Detach() => _isGone = true;

    internal int Read(string path, FileContent file, Span<byte> buffer, long offset, bool isUncached)
    {
        ThrowIfGone();
        var read = file.Read(buffer, offset, isUncached);
        _disk.ReadFaults.Apply(path, buffer[..read], offset);
        return read;
    }

    internal void Write(string path, FileContent file, ReadOnlySpan<byte> bytes, long offset)
    {
        ThrowIfGone();
        var count = bytes.Length;
        var fails = _disk.Faults.FailsWrite();
        if (!fails && !_disk.HasRoomFor(file, offset + bytes.Length))
        {
            throw Full("write to", path);
        }

        var cuts = _disk.Faults.CutsPower();
        if (fails || cuts)
        {
            // Some of it, whole sectors, gets as far as the system's memory.
            count = Math.Min(count, _disk.Random.Next((count / FileContent.SectorBytes) + 2) * FileContent.SectorBytes);
        }

        file.Write(bytes[..count], offset, ++_disk.ChangeCount);
        if (cuts)
        {
            CutPower();
        }

        if (fails)
        {
            throw new DiskFailureException($"write to {path} failed: input/output error");
        }
    }

    internal void Resize(string path, FileContent file, long length)
    {
        ThrowIfGone();
        if (!_disk.HasRoomFor(file, length))
        {
            throw Full("resize of", path);
        }

        Change(() => file.Resize(length));
    }

    internal void Sync(string path, FileContent file)
    {
        Wait();
        FailSyncIfDue(path, () => file.FailSync(_disk.Random));
        Change(file.Sync);
    }

    private void Wait()
    {
        ThrowIfGone();
        _wait?.Invoke(_disk.DrawSyncTime());
        ThrowIfGone();
    }

    private static DiskFullException Full(string operation, string path) =>
        new($"{operation} {path} failed: no space left on device", new IOException("No space left on device"));

    private void FailSyncIfDue(string path, Action? fail)
    {
        if (_disk.Faults.FailsSync())
        {
            fail?.Invoke();
            throw new DiskFailureException($"sync of {path} failed: input/output error");
        }
    }

    /// <summary>Makes a change, unless the power goes just before it or just after it.</summary>
    private void Change(Action change)
    {
        ThrowIfGone();
        _disk.ChangeCount++;
        var cuts = _disk.Faults.CutsPower();
        if (!cuts || _disk.Random.Next(2) == 0)
        {
            change();
        }

        if (cuts)
        {
            CutPower();
        }
    }

    private void CutPower()
    {
        _isGone = true;
        _powerFailed?.Invoke();
        throw new PowerCutException();
    }

    private void ThrowIfGone()
    {
        if (_isGone)
        {
            throw new PowerCutException();
        }
    }
}
