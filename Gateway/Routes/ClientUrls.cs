namespace Bayou.Gateway.Routes;

/// <summary>
/// Where clients may connect: at this server, and at the others of the cluster. What several servers name stays until the last of
/// them is gone.
/// </summary>
/// <param name="findOwn">Where clients reach this server; asked once, when it listens.</param>
internal sealed class ClientUrls(Func<IReadOnlyList<string>> findOwn)
{
    private readonly Lock _gate = new();
    private readonly List<(string Url, int Count)> _others = [];
    private IReadOnlyList<string>? _own;

    /// <summary>Called after a change, by whoever made it.</summary>
    public event Action? Changed;

    /// <summary>At this server.</summary>
    public IReadOnlyList<string> Own
    {
        get
        {
            lock (_gate) return _own ??= findOwn();
        }
    }

    /// <summary>At this server first, then at the others.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate) return [.. _own ??= findOwn(), .. _others.Select(static other => other.Url)];
        }
    }

    /// <summary>Clients are to leave this server: it is not named any more.</summary>
    public void WithdrawOwn()
    {
        lock (_gate) _own = [];
    }

    /// <summary>Another server's URLs; null where it names none.</summary>
    public void Add(IReadOnlyList<string>? urls) => Replace(null, urls);

    /// <inheritdoc cref="Add"/>
    public void Remove(IReadOnlyList<string>? urls) => Replace(urls, null);

    /// <summary>Another server is reached elsewhere than before.</summary>
    public void Replace(IReadOnlyList<string>? before, IReadOnlyList<string>? now)
    {
        bool hasChanged = false;
        lock (_gate)
        {
            foreach (string url in now ?? []) hasChanged |= Change(url, delta: 1);
            foreach (string url in before ?? []) hasChanged |= Change(url, delta: -1);
        }

        if (hasChanged) Changed?.Invoke();
    }

    private bool Change(string url, int delta)
    {
        int index = _others.FindIndex(other => other.Url == url);
        int count = (index < 0 ? 0 : _others[index].Count) + delta;
        if (count < 0) return false;
        if (index < 0) _others.Add((url, count));
        else if (count == 0) _others.RemoveAt(index);
        else _others[index] = (url, count);
        return index < 0 || count == 0;
    }
}
