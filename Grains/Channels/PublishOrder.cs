using Bayou.Grains.Replication;

namespace Bayou.Grains.Channels;

/// <summary>
/// Restores the order in which one gateway sent its batches to a channel. Calls may overtake each other on their way, on the
/// first use of a channel even inside one process, but each batch says how many were under way ahead of it.
/// Invariant: what waits has a number above <see cref="_last"/> + 1.
/// </summary>
internal sealed class PublishOrder
{
    /// <summary>More than any gateway has under way at a time.</summary>
    private const int MaxWaiting = 64;

    private readonly SortedDictionary<ulong, PublishProposal> _waiting = [];
    private ulong _last;

    /// <summary>Proposes a batch if nothing is missing before it, with what waited for it; else keeps it.</summary>
    public void Take(PublishProposal batch)
    {
        var number = batch.Header.BatchNumber;
        if (batch.Header.Ahead > 0 && number > _last + 1)
        {
            Keep(number, batch);
            return;
        }

        _last = number;
        batch.Propose();
        while (_waiting.Remove(_last + 1, out var next))
        {
            _last++;
            next.Propose();
        }

        FailOvertaken();
    }

    /// <summary>What waited for a batch that never came was given up by its gateway when that went on.</summary>
    private void FailOvertaken()
    {
        while (_waiting.Count > 0 && _waiting.Keys.First() is var oldest && oldest <= _last)
        {
            _waiting.Remove(oldest, out var abandoned);
            abandoned!.Fail(new ReplicaUnavailableException($"Batch {oldest} arrived after a later one."));
        }
    }

    private void Keep(ulong number, PublishProposal batch)
    {
        if (_waiting.Count >= MaxWaiting || !_waiting.TryAdd(number, batch))
        {
            batch.Fail(new ReplicaUnavailableException($"Batch {number} arrived long before what precedes it."));
        }
    }
}
