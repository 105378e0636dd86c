using Bayou.Grains.Replication;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// Turns where a scheduler runs work. What continues after an await in a turn is a turn again, which is what a scheduler of tasks is for.
/// </summary>
internal sealed class SerialTurns(IReplicaScheduler scheduler, Action<Exception> onFailed) : TaskScheduler, ITurns, IThreadPoolWorkItem
{
    /// <summary>Turns in a row, before others get the thread.</summary>
    private const int MaxRow = 64;

    private readonly Queue<Task> _tasks = new();
    private bool _isRunning;

    public override int MaximumConcurrencyLevel => 1;

    public void Post(Action turn) => _ = Task.Factory.StartNew(() => Run(turn), CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    public Task<T> RunAsync<T>(Func<Task<T>> turn) =>
        Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    void IThreadPoolWorkItem.Execute()
    {
        for (var count = 0; count < MaxRow; count++)
        {
            if (!TryTake(out var task))
            {
                return;
            }

            TryExecuteTask(task);
        }

        scheduler.Schedule(this);
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        scheduler.Schedule(this);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return _tasks.ToArray();
        }
    }

    private void Run(Action turn)
    {
        try
        {
            turn();
        }
        catch (Exception exception)
        {
            // Nobody waits for it.
            onFailed(exception);
        }
    }

    private bool TryTake(out Task task)
    {
        lock (_tasks)
        {
            _isRunning = _tasks.TryDequeue(out task!);
            return _isRunning;
        }
    }
}
