using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Replication.Balance;

/// <summary>
/// Which of the groups that a silo leads others should lead instead, so that all silos come to lead as many, give or take one. Pure.
/// Every silo plans for itself, from what all say that they lead. Each transfer goes to a silo that leads at least two less, so with
/// true figures none makes it worse, and at rest none is planned. Silos that plan at the same time could give the same one too much;
/// so none gives more than it has above the average, or one where that is nothing.
/// </summary>
internal static class LeaderBalance
{
    /// <summary>What <paramref name="own"/> is to give up now, at most <paramref name="limit"/> groups, in the order given.</summary>
    /// <param name="own">The silo that plans.</param>
    /// <param name="led">How many groups each silo leads that may lead; a silo that is missing here is to lead none.</param>
    /// <param name="groups">What <paramref name="own"/> leads.</param>
    /// <param name="limit">Transfers at most.</param>
    public static IReadOnlyList<LeaderTransfer> Plan(SiloNumber own, IReadOnlyDictionary<SiloNumber, int> led, IEnumerable<LedGroup> groups, int limit)
    {
        var counts = new SortedDictionary<SiloNumber, int>(led.ToDictionary());
        var isExempt = !counts.ContainsKey(own);
        var transfers = new List<LeaderTransfer>();
        limit = isExempt ? limit : Math.Min(limit, Surplus(own, led));
        foreach (var group in groups.TakeWhile(_ => transfers.Count < limit))
        {
            var target = group.Successors.Where(silo => silo != own && counts.ContainsKey(silo)).OrderBy(silo => (counts[silo], silo)).FirstOrDefault();
            if (target == SiloNumber.None || (!isExempt && counts[own] - counts[target] < 2))
            {
                continue;
            }

            transfers.Add(new LeaderTransfer(group.Group, target));
            counts[target]++;
            if (!isExempt)
            {
                counts[own]--;
            }
        }

        return transfers;
    }

    /// <summary>How many groups a silo may give up at a time; 0 if nobody leads so few that it should.</summary>
    public static int Surplus(SiloNumber own, IReadOnlyDictionary<SiloNumber, int> led)
    {
        if (!led.TryGetValue(own, out var count))
        {
            return int.MaxValue;
        }

        var average = (led.Values.Sum() + led.Count - 1) / led.Count;
        return count - led.Values.Min() < 2 ? 0 : Math.Max(1, count - average);
    }
}
