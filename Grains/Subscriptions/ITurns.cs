namespace Bayou.Grains.Subscriptions;

/// <summary>Runs what belongs to one subscription, one thing at a time and never two at once.</summary>
internal interface ITurns
{
    /// <summary>Queues a turn. Any thread.</summary>
    void Post(Action turn);

    /// <summary>Queues a turn; completed, or failed, when it has ended together with what it awaited. Any thread.</summary>
    Task<T> RunAsync<T>(Func<Task<T>> turn);
}
