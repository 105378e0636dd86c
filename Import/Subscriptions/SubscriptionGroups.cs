namespace Bayou.Import.Subscriptions;

/// <summary>
/// Puts the server's records together into subscriptions, by the rules of its own recovery: what belonged to a client that is not
/// connected is a durable that is offline, or gone.
/// </summary>
internal static class SubscriptionGroups
{
    public static IReadOnlyList<SourceSubscription> Assemble(IEnumerable<StoredSubscription> stored, IReadOnlySet<string> clients)
    {
        var found = new List<SourceSubscription>();
        foreach (var group in stored.GroupBy(KeyOf))
        {
            if ((group.Key.QueueGroup.Length > 0 ? Gather(group, clients) : Take(group.First(), clients)) is { } subscription)
            {
                found.Add(subscription);
            }
        }

        return found;
    }

    /// <summary>Members of a queue group belong together; everything else stands for itself, by its number.</summary>
    private static (string QueueGroup, bool IsDurable, ulong Number) KeyOf(StoredSubscription subscription) =>
        subscription.IsQueueMember
            ? (subscription.State.QueueGroup, subscription.IsDurable, 0)
            : (string.Empty, subscription.IsDurable, subscription.State.Id);

    private static SourceSubscription? Take(StoredSubscription stored, IReadOnlySet<string> clients)
    {
        var isOnline = !stored.State.IsClosed && clients.Contains(stored.State.ClientId);
        return !isOnline && !stored.IsDurable ? null : new SourceSubscription
        {
            DurableName = stored.State.DurableName,
            QueueGroup = string.Empty,
            Client = stored.State.ClientId,
            LastSent = stored.State.LastSent,
            Pending = [.. stored.Pending],
            Members = isOnline ? [stored.ToMember()] : [],
            LastMember = isOnline ? null : stored.ToMember(),
        };
    }

    private static SourceSubscription? Gather(IEnumerable<StoredSubscription> group, IReadOnlySet<string> clients)
    {
        var members = group.Where(member => clients.Contains(member.State.ClientId) && !member.State.IsClosed).ToList();

        // The server keeps the last member of a durable group under no client, or closed; any other one without its client is left from a crash.
        var shadow = group.FirstOrDefault(member => member.IsDurable && (member.State.ClientId.Length == 0 || member.State.IsClosed));
        if (members.Count == 0 && shadow is null)
        {
            return null;
        }

        var counted = shadow is null ? members : [.. members, shadow];
        var (durable, queue) = NamesOf(counted[0]);
        return new SourceSubscription
        {
            DurableName = durable,
            QueueGroup = queue,
            Client = counted[0].State.ClientId,
            LastSent = counted.Max(member => member.State.LastSent),
            Pending = [.. counted.SelectMany(member => member.Pending).Distinct().Order()],
            Members = [.. members.Select(member => member.ToMember())],
            LastMember = members.Count == 0 ? shadow!.ToMember() : null,
        };
    }

    /// <summary>A durable group is kept as <c>durable:group</c>; the durable's name has no colon.</summary>
    private static (string Durable, string Queue) NamesOf(StoredSubscription member)
    {
        var name = member.State.QueueGroup;
        var colon = member.IsDurable ? name.IndexOf(':', StringComparison.Ordinal) : -1;
        return colon < 0 ? (string.Empty, name) : (name[..colon], name[(colon + 1)..]);
    }
}
