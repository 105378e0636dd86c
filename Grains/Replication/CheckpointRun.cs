using Bayou.Grains.Channels;
using Bayou.Records;
using Bayou.Storage;

namespace Bayou.Grains.Replication;

/// <summary>
/// Brings everything that was written since the last checkpoint into one, so that the next start reads next to nothing. One run at
/// a time; each group is captured on its own worker, where its messages stand where its state does.
/// </summary>
internal sealed class CheckpointRun(SiloStore store, Func<GroupId, Replica?> find, UnclaimedGroups unclaimed, ChannelRegistry channels) : IDisposable
{
    private readonly SemaphoreSlim _underWay = new(1, 1);

    public async Task ExecuteAsync()
    {
        await _underWay.WaitAsync();
        try
        {
            // The metadata that says so was applied before they were let go, and so this checkpoint will hold it.
            var letGo = channels.LetGo;
            var checkpoint = store.BeginCheckpoint();
            foreach (var group in checkpoint.DirtyGroups)
            {
                if ((find(group) ?? channels.FindLetGo(group)) is { } replica)
                {
                    await replica.QueryAsync(() => CaptureInto(checkpoint, replica));
                }
                else
                {
                    unclaimed.CaptureInto(checkpoint, group);
                }
            }

            checkpoint.Complete();
            await channels.DeleteAsync(letGo);
        }
        finally
        {
            _underWay.Release();
        }
    }

    public void Dispose() => _underWay.Dispose();

    private static bool CaptureInto(Checkpoint checkpoint, Replica replica)
    {
        if (!replica.IsGivenUp)
        {
            checkpoint.Add(replica.Capture());
        }

        return true;
    }
}
