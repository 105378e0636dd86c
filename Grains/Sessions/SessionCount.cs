namespace Bayou.Grains.Sessions;

/// <summary>How many sessions this silo looks after. Any thread.</summary>
public sealed class SessionCount
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    internal void Add(int change) => Interlocked.Add(ref _value, change);
}
