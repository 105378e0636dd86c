namespace Bayou.Grains.Replication;

/// <summary>How many channels this silo leads. Any thread.</summary>
internal sealed class LeaderCount
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add(int change) => Interlocked.Add(ref _value, change);
}
