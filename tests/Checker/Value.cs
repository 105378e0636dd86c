namespace Bayou.Checker;

/// <summary>
/// Names one publish: the <paramref name="Number"/>-th of a connection, counted from 1. Every published message carries a value of
/// its own, so that a reader can tell which publish it sees.
/// </summary>
public readonly record struct Value(int Connection, int Number)
{
    /// <summary>What a reader reports that cannot make out a value.</summary>
    public static readonly Value None = new(-1, 0);
}
