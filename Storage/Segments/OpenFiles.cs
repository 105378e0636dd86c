namespace Bayou.Storage.Segments;

/// <summary>
/// The segment files that are open, at most so many; the one longest unused is closed first. A file stays open while somebody
/// rents it.
/// </summary>
internal sealed class OpenFiles(IDisk disk, int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SegmentKey, LinkedListNode<OpenFile>> _files = [];
    private readonly LinkedList<OpenFile> _recent = [];

    /// <summary>Files open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _files.Count;
            }
        }
    }

    /// <summary>Opens the file or shares it; <see cref="FileNotFoundException"/> when it is missing and not to be created.</summary>
    public Rental Rent(SegmentKey key, bool create = false)
    {
        lock (_gate)
        {
            if (_files.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
            }
            else
            {
                if (create)
                {
                    disk.CreateDirectory(SegmentKey.FolderOf(key.Group));
                }

                node = _recent.AddFirst(new OpenFile(key, disk.Open(key.Path, create)));
                _files.Add(key, node);
                CloseUnused();
            }

            node.Value.Rentals++;
            return new Rental(this, node.Value);
        }
    }

    /// <summary>Reads from a file, as a <see cref="SegmentReader"/>.</summary>
    public int Read(SegmentKey key, Span<byte> buffer, long offset)
    {
        using var rental = Rent(key);
        return rental.File.Read(buffer, offset);
    }

    /// <summary>Closes a file that is going to be removed or was replaced, at once or when the last renter is done.</summary>
    public void Forget(SegmentKey key)
    {
        lock (_gate)
        {
            if (_files.Remove(key, out var node))
            {
                _recent.Remove(node);
                node.Value.IsForgotten = true;
                if (node.Value.Rentals == 0)
                {
                    node.Value.File.Dispose();
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _recent)
            {
                file.File.Dispose();
            }

            _recent.Clear();
            _files.Clear();
        }
    }

    private void CloseUnused()
    {
        for (var node = _recent.Last; node is not null && _files.Count > capacity;)
        {
            var previous = node.Previous;

            // The first is the one just opened, which nobody has rented yet.
            if (node.Value.Rentals == 0 && previous is not null)
            {
                _recent.Remove(node);
                _files.Remove(node.Value.Key);
                node.Value.File.Dispose();
            }

            node = previous;
        }
    }

    private void Return(OpenFile file)
    {
        lock (_gate)
        {
            file.Rentals--;
            if (file.IsForgotten && file.Rentals == 0)
            {
                file.File.Dispose();
            }
        }
    }

    internal sealed class OpenFile(SegmentKey key, IDiskFile file)
    {
        public SegmentKey Key => key;

        public IDiskFile File => file;

        public int Rentals { get; set; }

        public bool IsForgotten { get; set; }
    }

    /// <summary>The use of an open file until it is disposed.</summary>
    internal readonly struct Rental(OpenFiles owner, OpenFile file) : IDisposable
    {
        public IDiskFile File => file.File;

        public void Dispose() => owner.Return(file);
    }
}
