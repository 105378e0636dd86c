using Bayou.Storage.Disk;

namespace Bayou.Storage.Journal;

/// <summary>
/// What waits for the writer: many threads add, one takes all. A stack that is turned round when taken; the writer is woken only
/// by the write that finds the queue empty.
/// </summary>
internal sealed class JournalQueue : IDisposable
{
    private readonly WakeEvent _filled = new();
    private JournalWrite? _newest;

    public void Add(JournalWrite write)
    {
        var newest = Volatile.Read(ref _newest);
        while (true)
        {
            write.Next = newest;
            var seen = Interlocked.CompareExchange(ref _newest, write, newest);
            if (ReferenceEquals(seen, newest))
            {
                break;
            }

            newest = seen;
        }

        if (newest is null)
        {
            _filled.Set();
        }
    }

    /// <summary>Takes everything, oldest first and linked by <see cref="JournalWrite.Next"/>.</summary>
    public JournalWrite? TakeAll()
    {
        JournalWrite? oldest = null;
        for (var write = Interlocked.Exchange(ref _newest, value: null); write is not null;)
        {
            var next = write.Next;
            write.Next = oldest;
            oldest = write;
            write = next;
        }

        return oldest;
    }

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    public void Wait() => _filled.WaitOne();

    /// <summary>Lets a waiting writer look again.</summary>
    public void Wake() => _filled.Set();

    public void Dispose() => _filled.Dispose();
}
