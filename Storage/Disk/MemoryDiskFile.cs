namespace Bayou.Storage.Disk;

internal sealed class MemoryDiskFile(bool tracksCrash) : IDiskFile
{
    private const int PageBytes = 4096;

    private readonly Lock _gate = new();
    private readonly List<byte[]?> _pages = [];
    private readonly SortedDictionary<int, byte[]?> _syncedPages = [];
    private long _length;
    private long _syncedLength;

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _length;
            }
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            var wanted = (int)Math.Clamp(_length - offset, 0, buffer.Length);
            for (var done = 0; done < wanted;)
            {
                var (page, start) = Locate(offset + done);
                var part = buffer.Slice(done, Math.Min(PageBytes - start, wanted - done));
                if (_pages[page] is { } bytes)
                {
                    bytes.AsSpan(start, part.Length).CopyTo(part);
                }
                else
                {
                    part.Clear();
                }

                done += part.Length;
            }

            return wanted;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_gate)
        {
            Resize(Math.Max(_length, offset + bytes.Length));
            while (!bytes.IsEmpty)
            {
                var (page, start) = Locate(offset);
                var part = bytes[..Math.Min(PageBytes - start, bytes.Length)];
                part.CopyTo(Touch(page).AsSpan(start));
                bytes = bytes[part.Length..];
                offset += part.Length;
            }
        }
    }

    public void Sync()
    {
        lock (_gate)
        {
            _syncedPages.Clear();
            _syncedLength = _length;
        }
    }

    public void SetLength(long length)
    {
        lock (_gate)
        {
            Resize(length);
        }
    }

    public void Extend(long length)
    {
        lock (_gate)
        {
            Resize(Math.Max(_length, length));
        }
    }

    public void Dispose()
    {
        // The file lives on in its disk.
    }

    /// <summary>Puts a random subset of the unsynced sectors back to what they were when last synced.</summary>
    internal void Crash(Random random)
    {
        lock (_gate)
        {
            if (_length != _syncedLength && random.Next(2) == 0)
            {
                Resize(_syncedLength);
            }

            foreach (var (page, bytes) in _syncedPages)
            {
                if (page < _pages.Count && random.Next(2) == 0)
                {
                    _pages[page] = bytes;
                }
            }

            _syncedPages.Clear();
            _syncedLength = _length;
        }
    }

    private static (int Page, int Start) Locate(long offset) => ((int)(offset / PageBytes), (int)(offset % PageBytes));

    private byte[] Touch(int page)
    {
        var bytes = _pages[page];
        if (tracksCrash && !_syncedPages.ContainsKey(page))
        {
            _syncedPages[page] = bytes;
            bytes = bytes?.ToArray();
        }

        return _pages[page] = bytes ?? new byte[PageBytes];
    }

    private void Resize(long length)
    {
        var count = (int)((length + PageBytes - 1) / PageBytes);
        if (length < _length)
        {
            for (var page = count; page < _pages.Count && tracksCrash; page++)
            {
                _syncedPages.TryAdd(page, _pages[page]);
            }

            _pages.RemoveRange(count, _pages.Count - count);
            if (length % PageBytes is var used and > 0)
            {
                Touch(count - 1).AsSpan((int)used).Clear();
            }
        }

        while (_pages.Count < count)
        {
            _pages.Add(null);
        }

        _length = length;
    }
}
