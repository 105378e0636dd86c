namespace Bayou.Grains.Interfaces;

/// <summary>
/// Calls of grains that live where a channel is led. While leadership moves, or a silo has died and nobody has taken its place yet,
/// such a call fails at once; it is made again until it finds its grain or its time is up.
/// </summary>
public static class LeaderCalls
{
    /// <summary>Longer than any failover should take, and shorter than any client waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// What <paramref name="call"/> returned, or the last failure. The request must say by itself that it is the same one. Once it is
    /// <paramref name="givenUp"/> nobody waits any longer, and what becomes of a call that is under way is not known.
    /// </summary>
    public static async Task<T> RetryAsync<T>(TimeProvider time, Func<Task<T>> call, CancellationToken givenUp = default)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            Task<T>? asked = null;
            try
            {
                asked = call();
                return await asked.WaitAsync(givenUp);
            }
            catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
            {
                // Nobody waits for it any more, so nobody needs to be told that it failed in the end.
                asked?.Ignore();
                throw;
            }
            catch (Exception exception) when (IsPassing(exception) && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(Pause, time, givenUp);
            }
        }
    }

    /// <summary>The same for a call without a result.</summary>
    public static Task RetryAsync(TimeProvider time, Func<Task> call, CancellationToken givenUp = default) => RetryAsync(
        time,
        async () =>
        {
            await call();
            return true;
        },
        givenUp);

    /// <summary>
    /// The call found nobody where its grain should be; a moment later it may. A grain on a silo that has just joined is refused its place by those who have not
    /// heard of that silo yet, for which Orleans has no exception of its own.
    /// </summary>
    public static bool IsPassing(Exception exception) =>
        exception is LeaderMovedException or OrleansMessageRejectionException or SiloUnavailableException || exception.GetType() == typeof(OrleansException);
}
