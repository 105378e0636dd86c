using Bayou.Grains.Replication;

namespace Bayou.Grains.Channels;

/// <summary>
/// Restores, as the leader, the order in which one gateway sent its batches to a channel, and recognises those that come again.
/// Calls may overtake each other on their way, and a gateway that got no answer repeats its call here or at another leader; each
/// batch has a number and says how many were under way ahead of it.
/// Invariants: what waits has a number above <see cref="_last"/> + 1; a number is proposed once.
/// </summary>
internal sealed class PublishOrder(ChannelStateMachine machine, ulong origin)
{
    /// <summary>More than any gateway has under way at a time.</summary>
    private const int MaxWaiting = 64;

    private readonly SortedDictionary<ulong, PublishProposal> _waiting = [];
    private readonly Dictionary<ulong, PublishProposal> _proposed = [];
    private ulong _last = machine.FindOrigin(origin)?.LastNumber ?? 0;

    /// <summary>
    /// Adds to <paramref name="due"/> what may be proposed now: the batch, if nothing is missing before it, and what waited for
    /// it. True if it was a repetition of one that is stored or under way.
    /// </summary>
    public bool Take(PublishProposal batch, List<Proposal> due)
    {
        var number = batch.Header.BatchNumber;
        if (number <= _last)
        {
            return Repeat(number, batch);
        }

        if (batch.Header.Ahead > 0 && number > _last + 1)
        {
            Keep(number, batch);
            return false;
        }

        Release(number, batch, due);
        while (_waiting.Remove(_last + 1, out var next))
        {
            Release(_last + 1, next, due);
        }

        FailOvertaken();
        return false;
    }

    /// <summary>The batch of this number was applied, or refused.</summary>
    public void OnDecided(ulong number) => _proposed.Remove(number);

    /// <summary>This replica leads no more: what waits is to be sent to the next leader.</summary>
    public void Abandon()
    {
        foreach (var batch in _waiting.Values)
        {
            batch.Fail(ProposalQueue.NotLeader(leader: null));
        }

        _waiting.Clear();
    }

    private void Release(ulong number, PublishProposal batch, List<Proposal> due)
    {
        _last = number;
        _proposed.Add(number, batch);
        due.Add(batch);
    }

    private bool Repeat(ulong number, PublishProposal batch)
    {
        if (_proposed.TryGetValue(number, out var underWay))
        {
            underWay.Attach(batch);
            return true;
        }

        if (machine.FindOrigin(origin) is { } stored && stored.TryFind(number, out var firstSequence))
        {
            batch.Complete(firstSequence);
            return true;
        }

        Overtaken(number, batch);
        return false;
    }

    /// <summary>What waited for a batch that never came was given up by its gateway when that went on.</summary>
    private void FailOvertaken()
    {
        while (_waiting.Count > 0 && _waiting.Keys.First() is var oldest && oldest <= _last)
        {
            _waiting.Remove(oldest, out var abandoned);
            Overtaken(oldest, abandoned!);
        }
    }

    private void Keep(ulong number, PublishProposal batch)
    {
        if (_waiting.Remove(number, out var earlier))
        {
            // The gateway has given up the earlier call, or both are under way: the later one is answered, and the other with it.
            batch.Attach(earlier);
        }
        else if (_waiting.Count >= MaxWaiting)
        {
            batch.Fail(OutOfOrder($"Batch {number} arrived long before what precedes it."));
            return;
        }

        _waiting.Add(number, batch);
    }

    private static void Overtaken(ulong number, PublishProposal batch) =>
        batch.Fail(OutOfOrder($"Batch {number} arrived after a later one, and is not in the channel."));

    private static ReplicaUnavailableException OutOfOrder(string message) => new(message) { Reason = ReplicaUnavailability.OutOfOrder };
}
