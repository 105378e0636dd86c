namespace Bayou.Grains.Subscriptions;

/// <summary>Runs what belongs to one subscription, one thing at a time and never two at once.</summary>
internal interface ITurns
{
    /// <summary>Queues a turn. Any thread.</summary>
    void Post(Action turn);
}
