namespace Bayou.Load.Logs;

/// <summary>Checks that every publish is acknowledged exactly once. Acknowledgements may overtake each other within the window.</summary>
public sealed class AckLedger(int window)
{
    // Twice the window: the oldest open publish may stay behind while the window moves on by the others.
    private readonly bool[] _acknowledged = new bool[2 * window];
    private long _oldestOpen;

    /// <summary>Acknowledgements accepted.</summary>
    public long Count { get; private set; }

    public void Accept(long number, long published)
    {
        if (number < _oldestOpen || number >= published)
            throw new LoadException($"Publish {number} was acknowledged twice or never made.");
        if (number - _oldestOpen >= _acknowledged.Length)
            throw new LoadException($"Publish {_oldestOpen} is not acknowledged, but {number} is.");

        ref bool slot = ref _acknowledged[number % _acknowledged.Length];
        if (slot)
            throw new LoadException($"Publish {number} was acknowledged twice.");
        slot = true;
        Count++;
        while (_acknowledged[_oldestOpen % _acknowledged.Length])
            _acknowledged[_oldestOpen++ % _acknowledged.Length] = false;
    }
}
