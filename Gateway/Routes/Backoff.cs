namespace Bayou.Gateway.Routes;

/// <summary>Pauses between attempts: each about twice as long as the one before, up to a limit, and none quite like another server's.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _doublings;

    /// <summary>The next pause: between half and all of what it is nominally.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = first * Math.Pow(2, _doublings);
        if (pause < longest) _doublings++;
        else pause = longest;
        return pause * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>Begins with the first pause again.</summary>
    public void Reset() => _doublings = 0;
}
