using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Routes;

/// <summary>How many subscriptions there are for each subject and queue group.</summary>
internal sealed class InterestTable
{
    private readonly Dictionary<byte[], int> _weights = new(Utf8KeyComparer.Instance);

    /// <summary>Every key (<see cref="InterestKey"/>) that has subscriptions, with their number.</summary>
    public IEnumerable<KeyValuePair<byte[], int>> Entries => _weights;

    public int Weight(byte[] key) => _weights.GetValueOrDefault(key);

    public void Change(byte[] key, int delta)
    {
        int weight = Weight(key) + delta;
        if (weight < 0) throw new InvalidOperationException("More subscriptions ended than there were.");
        if (weight == 0) _weights.Remove(key);
        else _weights[key] = weight;
    }
}
