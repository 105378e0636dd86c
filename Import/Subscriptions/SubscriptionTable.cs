using Bayou.Import.Wire;

namespace Bayou.Import.Subscriptions;

/// <summary>The subscriptions of one channel by the number that the server gave them, as its records change them.</summary>
internal sealed class SubscriptionTable
{
    private readonly SortedDictionary<ulong, StoredSubscription> _subscriptions = [];

    public IEnumerable<StoredSubscription> All => _subscriptions.Values;

    public StoredSubscription? Find(Func<StoredSubscription, bool> predicate) => _subscriptions.Values.FirstOrDefault(predicate);

    public StoredSubscription Create(SubState state) => _subscriptions[state.Id] = new StoredSubscription(state);

    /// <summary>Changes everything but what is pending.</summary>
    public void Update(SubState state)
    {
        if (_subscriptions.TryGetValue(state.Id, out var known))
        {
            known.State = state;
        }
        else
        {
            Create(state);
        }
    }

    public void Remove(ulong id) => _subscriptions.Remove(id);

    public void Send(ulong id, ulong sequence)
    {
        if (_subscriptions.TryGetValue(id, out var subscription))
        {
            subscription.State.LastSent = Math.Max(subscription.State.LastSent, sequence);
            subscription.Pending.Add(sequence);
        }
    }

    public void Acknowledge(ulong id, ulong sequence)
    {
        if (_subscriptions.TryGetValue(id, out var subscription))
        {
            subscription.Pending.Remove(sequence);
        }
    }
}
