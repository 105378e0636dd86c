namespace Bayou.Grains.Channels;

/// <summary>Who is told when something happens. Any thread adds and removes; telling takes no lock.</summary>
internal sealed class Listeners
{
    private readonly Lock _gate = new();
    private Action[] _all = [];

    /// <summary>Calls <paramref name="listener"/>, which must not block, each time until the result is disposed.</summary>
    public IDisposable Add(Action listener)
    {
        var entry = new Entry(this, listener);
        lock (_gate)
        {
            _all = [.. _all, entry.Tell];
        }

        return entry;
    }

    public void Tell()
    {
        foreach (var listener in Volatile.Read(ref _all))
        {
            listener();
        }
    }

    private sealed class Entry : IDisposable
    {
        private readonly Listeners _listeners;

        public Entry(Listeners listeners, Action listener)
        {
            _listeners = listeners;
            Tell = () => listener();
        }

        /// <summary>One object of its own, even where the same listener was added twice.</summary>
        public Action Tell { get; }

        public void Dispose()
        {
            lock (_listeners._gate)
            {
                _listeners._all = [.. _listeners._all.Where(entry => entry != Tell)];
            }
        }
    }
}
