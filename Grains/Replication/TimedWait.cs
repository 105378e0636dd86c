namespace Bayou.Grains.Replication;

/// <summary>
/// Waits with a limit. Unlike <see cref="Task.WaitAsync(TimeSpan, TimeProvider)"/> it takes no way over the thread pool to a caller that has a
/// synchronization context, so that a simulation, which is such a context, decides what happens when.
/// </summary>
internal static class TimedWait
{
    /// <summary>True once the task has ended, however it did; false if the time is up first.</summary>
    public static async Task<bool> EndsWithinAsync(this Task task, TimeSpan limit, TimeProvider time)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(static over => ((TaskCompletionSource)over!).TrySetResult(), over, limit, Timeout.InfiniteTimeSpan);
        task.GetAwaiter().OnCompleted(() => over.TrySetResult());
        await over.Task;
        return task.IsCompleted;
    }
}
