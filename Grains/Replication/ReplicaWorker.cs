using System.Collections.Concurrent;

namespace Bayou.Grains.Replication;

/// <summary>
/// Runs the tasks of many replicas one at a time. It takes everything that is queued, then lets each replica it touched hand its
/// work to the journal, so that what came together is written together. It is a loop that borrows a pool thread while there is
/// work, not a thread of its own.
/// </summary>
internal sealed class ReplicaWorker(Action<Exception> fail) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<ReplicaTask> _inbox = new();
    private readonly List<Replica> _touched = [];
    private int _isScheduled;

    /// <summary>Queues a task and sees to it that somebody runs it soon.</summary>
    public void Post(ReplicaTask task)
    {
        _inbox.Enqueue(task);
        Schedule();
    }

    /// <summary>Queues a task that somebody will run who calls <see cref="Run"/> or <see cref="Schedule"/> next.</summary>
    public void Enqueue(ReplicaTask task) => _inbox.Enqueue(task);

    /// <summary>Runs what is queued, here, unless another thread is at it.</summary>
    public void Run()
    {
        if (!_inbox.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            Execute();
        }
    }

    /// <summary>Runs what is queued on a pool thread, unless another thread is at it.</summary>
    public void Schedule()
    {
        if (!_inbox.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => Execute();

    private void Execute()
    {
        try
        {
            do
            {
                RunInbox();
                Volatile.Write(ref _isScheduled, 0);
                Interlocked.MemoryBarrier();
            }
            while (!_inbox.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0);
        }
        catch (Exception exception)
        {
            // A broken invariant in a replicated log: this process must not answer for it any longer.
            fail(exception);
        }
    }

    private void RunInbox()
    {
        while (_inbox.TryDequeue(out var task))
        {
            task.Run();
            if (!task.Replica.IsTouched)
            {
                task.Replica.IsTouched = true;
                _touched.Add(task.Replica);
            }
        }

        foreach (var replica in _touched)
        {
            replica.IsTouched = false;
            replica.ProcessReady();
        }

        _touched.Clear();
    }
}
