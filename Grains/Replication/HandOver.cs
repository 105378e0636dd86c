using Bayou.Grains.Replication.Peers;
using Bayou.Records;

namespace Bayou.Grains.Replication;

/// <summary>Gives up what this silo leads, some groups at a time, and waits until others lead it.</summary>
internal sealed class HandOver(IReadOnlyList<ReplicaWorker> workers, ReplicaServices services)
{
    /// <summary>Who has not been relieved by then is left to elections.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A leader gives up a transfer after an election timeout; one try more would help nobody.</summary>
    private static readonly TimeSpan TransferPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Groups of one worker that change hands at a time.</summary>
    private const int Batch = 250;

    public async Task ExecuteAsync()
    {
        var deadline = services.Now + Patience.Ticks;
        while (await CountAsync() > 0 && services.Now < deadline)
        {
            await Task.Delay(Pause, services.Time);
        }
    }

    /// <summary>Has one silo lead one group. True once it is not led here any more.</summary>
    public async Task<bool> TransferAsync(ReplicaWorker worker, GroupId group, SiloNumber target)
    {
        await worker.RunAsync(() =>
        {
            if (worker.Find(group) is { IsLeading: true } replica)
            {
                replica.HandOverTo(target);
                worker.Touch(replica);
            }

            return true;
        });
        var deadline = services.Now + TransferPatience.Ticks;
        while (await worker.RunAsync(() => worker.Find(group) is { IsLeading: true }))
        {
            if (services.Now >= deadline)
            {
                return false;
            }

            await Task.Delay(Pause, services.Time);
        }

        return true;
    }

    /// <summary>Asks the next groups' successors to take over; how many groups are still led that somebody else could lead.</summary>
    private async Task<int> CountAsync()
    {
        var counts = await Task.WhenAll(workers.Select(worker => worker.RunAsync(() => worker.HandOver(Batch))));
        return counts.Sum();
    }
}
