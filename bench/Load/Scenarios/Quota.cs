using System.Diagnostics;

namespace Bayou.Load.Scenarios;

/// <summary>Says when a publisher sends its last message: at a count, or at a time.</summary>
public readonly record struct Quota(long Count, long Deadline)
{
    // Reading the clock costs more than a small publish, so a fast publisher reads it once in a while.
    private const int ClockInterval = 64;

    public bool IsLast(long number) =>
        number == Count - 1 || (Deadline != long.MaxValue && number % ClockInterval == 0 && IsOver);

    /// <summary>The same for a publisher that waits for every answer and can afford the clock.</summary>
    public bool IsLastSync(long number) => number == Count - 1 || (Deadline != long.MaxValue && IsOver);

    private bool IsOver => Stopwatch.GetTimestamp() >= Deadline;
}
