namespace Bayou.Grains.Replication;

/// <summary>Reads a replica's state on its worker, where nothing changes it meanwhile.</summary>
internal sealed class ReplicaQuery<T>(Replica replica, Func<T> read) : ReplicaTask(replica)
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    protected override void Run()
    {
        try
        {
            _answer.SetResult(read());
        }
        catch (Exception exception)
        {
            _answer.SetException(exception);
        }
    }
}
