using System.Collections.Concurrent;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;

namespace Bayou.Grains.Replication;

/// <summary>
/// Runs the tasks of many replicas one at a time. It takes everything that is queued, then lets each replica it touched hand its
/// work to the journal and its messages to the outbox, so that what came together is written and sent together. It is a loop that
/// borrows a thread while there is work, not a thread of its own.
/// </summary>
internal sealed class ReplicaWorker(int number, IReplicaScheduler scheduler, Outbox outbox, Action<Exception> fail) : IThreadPoolWorkItem
{
    /// <summary>
    /// What a thread runs at most that comes by with a task and has others waiting for it: the rest is for the scheduler. Without a limit
    /// it would not get away as long as other threads bring more.
    /// </summary>
    private const int TasksPerVisit = 64;

    private readonly ConcurrentQueue<WorkerTask> _inbox = new();
    private readonly SortedDictionary<GroupId, Replica> _replicas = [];
    private readonly List<Replica> _touched = [];
    private readonly List<Replica> _awake = [];
    private readonly PriorityQueue<Replica, long> _sleepers = new();
    private readonly Queue<Replica> _unattended = new();
    private readonly EarlyVotes _earlyVotes = new();
    private int _isScheduled;

    /// <summary>Taken out of the inbox, and not run yet.</summary>
    private WorkerTask? _held;

    /// <summary>Its place among the workers of the silo; the first one has the metadata group.</summary>
    public int Number => number;

    /// <summary>What the replicas of this worker send to other silos.</summary>
    public Outbox Outbox => outbox;

    /// <summary>Memberships that the groups of this worker share.</summary>
    public MembershipPool Memberships { get; } = new();

    /// <summary>Queues a task and sees to it that somebody runs it soon. Any thread.</summary>
    public void Post(WorkerTask task)
    {
        _inbox.Enqueue(task);
        Schedule();
    }

    /// <summary>Queues a task that somebody will run who calls <see cref="Run"/> or <see cref="Schedule"/> next. Any thread.</summary>
    public void Enqueue(WorkerTask task) => _inbox.Enqueue(task);

    /// <summary>Runs what is queued, here, unless another thread is at it. What takes long, or may block, is left to the scheduler.</summary>
    public void Run()
    {
        if (!_inbox.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            Execute(isVisit: true);
        }
    }

    /// <summary>Has what is queued run by the scheduler, unless that is under way.</summary>
    public void Schedule()
    {
        if (!_inbox.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            scheduler.Schedule(this);
        }
    }

    /// <summary>Completed when everything that was queued before has run. Any thread.</summary>
    public Task PassAsync() => RunAsync(static () => true);

    /// <summary>Runs something in a turn of this worker. Any thread.</summary>
    public Task<T> RunAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new WorkerAction(_ => result.SetResult(function())));
        return result.Task;
    }

    /// <summary>The replicas of this worker, in order of their groups. Here and below: on the worker.</summary>
    public IReadOnlyCollection<Replica> Replicas => _replicas.Values;

    /// <summary>The replica of a group, if this silo has one.</summary>
    public Replica? Find(GroupId group) => _replicas.GetValueOrDefault(group);

    /// <summary>Brings a message to its group. What comes before the group is kept if nobody would send it again.</summary>
    public void Deliver(GroupId group, in RaftMessage message)
    {
        if (Find(group) is { } replica)
        {
            replica.Step(message);
        }
        else
        {
            _earlyVotes.Keep(group, message);
        }
    }

    /// <summary>Takes a replica, in the place of an earlier one of the same group.</summary>
    public void Add(Replica replica)
    {
        _replicas[replica.Group] = replica;
        replica.Begin();
        if (replica.IsDamaged)
        {
            replica.Wake();
        }

        if (replica.MissesLeader)
        {
            // Alone, there is nobody to wait for; together, all would campaign at once.
            if (replica.Membership.Voters.Count == 1)
            {
                replica.Wake().Node.Campaign();
            }
            else
            {
                _unattended.Enqueue(replica);
            }
        }

        if (_earlyVotes.TryTake(replica.Group, out var request))
        {
            replica.Step(request);
        }
    }

    public void Remove(Replica replica)
    {
        replica.Retire();
        _awake.Remove(replica);
        if (Find(replica.Group) == replica)
        {
            _replicas.Remove(replica.Group);
        }
    }

    /// <summary>The replica may have something to hand out.</summary>
    public void Touch(Replica replica)
    {
        if (!replica.IsTouched)
        {
            replica.IsTouched = true;
            _touched.Add(replica);
        }
    }

    /// <summary>The replica woke, or rests.</summary>
    public void SetAwake(Replica replica, bool isAwake)
    {
        if (isAwake)
        {
            _awake.Add(replica);
        }
        else
        {
            _awake.Remove(replica);
        }
    }

    /// <summary>
    /// The replica rests and has something to do at <paramref name="due"/>. It keeps its place among the sleepers while it is awake, and however
    /// often it rests: a day's wait must not fill the queue with those of the hours before.
    /// </summary>
    public void WakeLater(Replica replica, long due)
    {
        replica.WakeAt = due;
        if (replica.NextCall is not { } call || due < call)
        {
            replica.NextCall = due;
            _sleepers.Enqueue(replica, due);
        }
    }

    /// <summary>The group is to have other members: it is seen to when its turn comes.</summary>
    public void AttendLater(Replica replica) => _unattended.Enqueue(replica);

    /// <summary>A unit of time has passed. At most <paramref name="wakes"/> groups that nobody asks for anything are woken.</summary>
    public void Tick(long now, int wakes)
    {
        while (_sleepers.TryPeek(out var sleeper, out var due) && due <= now)
        {
            _sleepers.Dequeue();
            WakeIfDue(sleeper, due, now);
        }

        for (; wakes > 0 && _unattended.TryDequeue(out var unattended); wakes--)
        {
            unattended.Attend();
        }

        foreach (var replica in _awake.ToArray())
        {
            replica.Tick();
        }
    }

    /// <summary>
    /// A silo is dead. The groups that it led elect other leaders: those in use at once; of those asleep the ones that must go on
    /// without being asked, one after the other, since thousands of elections at a time would hold up all of them. The rest do so
    /// when they are woken.
    /// </summary>
    public void OnSiloLost(SiloNumber silo)
    {
        foreach (var replica in _replicas.Values.Where(replica => replica.Leader?.Silo == silo))
        {
            replica.LoseLeader();
            if (replica.MissesLeader)
            {
                _unattended.Enqueue(replica);
            }
        }
    }

    /// <summary>A silo was started anew: it leads nothing any more, and what was on its way there is lost.</summary>
    public void OnSiloRestarted(SiloNumber silo)
    {
        foreach (var replica in _awake)
        {
            replica.OnPeerRestarted(silo);
            Touch(replica);
        }

        OnSiloLost(silo);
    }

    /// <summary>
    /// Has others take over up to <paramref name="limit"/> of the groups that are led here. Returns how many are led here that have other
    /// voters.
    /// </summary>
    public int HandOver(int limit)
    {
        var led = _replicas.Values.Where(replica => replica.IsLeading && replica.Membership.Voters.Count > 1).ToList();
        foreach (var replica in led.Take(limit))
        {
            replica.HandOver();
            Touch(replica);
        }

        return led.Count;
    }

    /// <summary>Groups that are led here, in order of the time for which they have been.</summary>
    public IEnumerable<Replica> Led() => _replicas.Values.Where(replica => replica.IsLeading).OrderBy(replica => replica.LeadingSince);

    private void WakeIfDue(Replica sleeper, long call, long now)
    {
        if (sleeper.NextCall == call)
        {
            sleeper.NextCall = null;
        }

        if (sleeper.IsRetired || sleeper.IsAwake || sleeper.WakeAt is not { } due)
        {
            return;
        }

        if (due <= now)
        {
            sleeper.Wake();
        }
        else
        {
            WakeLater(sleeper, due);
        }
    }

    void IThreadPoolWorkItem.Execute() => Execute(isVisit: false);

    private void Execute(bool isVisit)
    {
        try
        {
            var left = isVisit ? TasksPerVisit : int.MaxValue;
            do
            {
                if (!RunInbox(isVisit, ref left))
                {
                    scheduler.Schedule(this);
                    return;
                }

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

    /// <summary>False if something waits that this thread is not to run.</summary>
    private bool RunInbox(bool isVisit, ref int left)
    {
        while (left > 0 && (_held is not null || _inbox.TryDequeue(out _held)))
        {
            if (isVisit && _held.MayBlock)
            {
                break;
            }

            var task = _held;
            _held = null;
            left--;
            task.Run(this);
        }

        // A replica may touch another, or itself, while it hands out what it has.
        for (var i = 0; i < _touched.Count; i++)
        {
            _touched[i].IsTouched = false;
            _touched[i].ProcessReady();
        }

        _touched.Clear();
        outbox.Flush();
        return _held is null && left > 0;
    }
}
