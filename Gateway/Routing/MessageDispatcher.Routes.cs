using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

internal sealed partial class MessageDispatcher
{
    private readonly RouteTargets _targets = new();

    /// <summary>
    /// Queues a message that came over a route for the receivers on this server. One hop is all that a message makes: who else is to
    /// have it got it from the server of its publisher.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="queueGroups">Names of the queue groups of which a member is to be chosen here, separated by blanks.</param>
    /// <param name="route">Over which it came.</param>
    public void DispatchRouted(in PublishedMessage message, ReadOnlySpan<byte> queueGroups, RouteConnection route)
    {
        MatchResult match = _cache.Get(tree, message.Subject);
        if (match.FanOut == 0) return;

        Span<byte> digits = stackalloc byte[MaxSizeDigits];
        ReadOnlySpan<byte> plainSizeDigits = PlainSizeDigits(message, digits);
        var tally = new Tally();
        foreach (ClientSubscription subscription in match.Plain) Deliver(subscription, message, plainSizeDigits, ref tally);
        if (!queueGroups.IsEmpty)
        {
            foreach (QueueGroupMatch group in match.QueueGroups)
            {
                if (HasWord(queueGroups, group.Name)) DeliverToOne(group.Members, message, plainSizeDigits, ref tally);
            }
        }

        foreach (InternalSubscription subscription in match.Internals)
        {
            if (subscription.Accepts(route)) Deliver(subscription, message, ref tally);
        }
    }

    /// <summary>Chooses among all members of the cluster alike. Where no member here takes the message after all, another server gets it.</summary>
    private void DeliverToOneAnywhere(QueueGroupMatch group, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, ref Tally tally)
    {
        uint choice = NextRandom() % Math.Max(1, (uint)(group.Members.Length + group.RemoteWeight));
        if (choice < group.Members.Length && DeliverToOne(group.Members, message, plainSizeDigits, ref tally)) return;

        uint weight = NextRandom() % Math.Max(1, (uint)group.RemoteWeight);
        RouteSubscription chosen = group.Remotes[^1];
        foreach (RouteSubscription remote in group.Remotes)
        {
            if (weight < remote.Weight)
            {
                chosen = remote;
                break;
            }

            weight -= (uint)remote.Weight;
        }

        // The last one where weights have sunk since they were added up.
        _targets.Add(chosen.Route, group.Name);
    }

    /// <summary>Sends one copy to each server that wants the message for its plain subscriptions or was chosen for queue groups.</summary>
    private void Relay(RouteConnection[] routes, in PublishedMessage message, ReadOnlySpan<byte> plainSizeDigits, ref Tally tally)
    {
        if (_targets.Count == 0)
        {
            foreach (RouteConnection route in routes) Relay(route, message, default, plainSizeDigits, ref tally);
            return;
        }

        foreach (RouteConnection route in routes) _targets.Add(route);
        for (int i = 0; i < _targets.Count; i++) Relay(_targets.Route(i), message, _targets.QueueGroups(i), plainSizeDigits, ref tally);
        _targets.Clear();
    }

    private void Relay(
        RouteConnection route, in PublishedMessage message, ReadOnlySpan<byte> queueGroups, ReadOnlySpan<byte> plainSizeDigits, ref Tally tally)
    {
        bool withHeaders = !message.Headers.IsEmpty && route.TakesHeaders;
        AppendResult result = route.Outbound.Relay(message, queueGroups, plainSizeDigits, withHeaders);
        if (result == AppendResult.Refused) return;
        route.Trace?.OnRelayed(message, queueGroups, plainSizeDigits, withHeaders);
        Settle(route, result);
        tally.Add(route);
    }

    private static bool HasWord(ReadOnlySpan<byte> words, ReadOnlySpan<byte> word)
    {
        foreach (Range range in words.SplitAny((byte)' ', (byte)'\t'))
        {
            if (words[range].SequenceEqual(word)) return true;
        }

        return false;
    }
}
