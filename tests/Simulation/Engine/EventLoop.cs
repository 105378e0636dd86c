namespace Bayou.Simulation.Engine;

/// <summary>
/// The one thing that moves in a run: events in order of their virtual time, and of two at the same time the one that was scheduled
/// first. Everything runs on the thread that calls <see cref="RunNext"/>, or on a <see cref="Fiber"/> while that thread waits
/// for it; what is scheduled from anywhere else has escaped from the simulation and ends the run.
/// </summary>
public sealed class EventLoop : IDisposable
{
    private readonly PriorityQueue<ScheduledEvent, EventOrder> _queue = new();
    private readonly List<Fiber> _fibers = [];
    private readonly Stack<Fiber> _idleFibers = new();
    private Exception? _failure;
    private long _scheduled;
    private long _now;

    public EventLoop(Trace? trace = null)
    {
        Trace = trace ?? new Trace();
        Trace.Loop = this;
        RunningThread = Environment.CurrentManagedThreadId;
    }

    /// <summary>Virtual time since the run began.</summary>
    public TimeSpan Now => new(_now);

    /// <summary>Events that have run.</summary>
    public long EventCount { get; private set; }

    /// <summary>With more events than this, something goes round in circles.</summary>
    public long MaxEventCount { get; set; } = long.MaxValue;

    public Trace Trace { get; }

    /// <summary>The thread that is at work; all others wait.</summary>
    internal int RunningThread { get; set; }

    /// <summary>
    /// Runs <paramref name="action"/> after a delay. As part of <paramref name="process"/> it is held back while that is paused, and
    /// dropped when that has ended.
    /// </summary>
    public void Schedule(TimeSpan delay, Action action, VirtualProcess? process = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (Environment.CurrentManagedThreadId != RunningThread)
        {
            _failure ??= new InvalidOperationException($"Work escaped to another thread and came back from there:\n{Environment.StackTrace}");
            return;
        }

        _queue.Enqueue(new ScheduledEvent(process, action), new EventOrder(_now + delay.Ticks, _scheduled++));
    }

    /// <summary>Runs the next event; false when there is none.</summary>
    public bool RunNext()
    {
        ThrowIfFailed();
        if (!_queue.TryDequeue(out var next, out var order))
        {
            return false;
        }

        _now = order.Time;
        if (EventCount++ >= MaxEventCount)
        {
            throw new InvalidOperationException($"After {MaxEventCount} events there is no end in sight.");
        }

        if (next.Process is null)
        {
            next.Action();
        }
        else
        {
            next.Process.Execute(next.Action);
        }

        ThrowIfFailed();
        return true;
    }

    /// <summary>
    /// Ends the run after the present event. Throwing would not be enough: between whoever finds a fault and the loop there may be a task
    /// that nobody awaits.
    /// </summary>
    public void Fail(Exception failure) => _failure ??= failure;

    /// <summary>Runs events until <paramref name="isDone"/>, at most up to a time; whether it is done.</summary>
    public bool RunUntil(Func<bool> isDone, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(isDone);
        while (!isDone())
        {
            if (!_queue.TryPeek(out _, out var order) || order.Time > limit.Ticks)
            {
                return false;
            }

            RunNext();
        }

        return true;
    }

    /// <summary>Runs everything up to a time, and lets that time come.</summary>
    public void RunUntil(TimeSpan time)
    {
        RunUntil(static () => false, time);
        _now = Math.Max(_now, time.Ticks);
    }

    /// <summary>Ends the threads that fibers ran on.</summary>
    public void Dispose()
    {
        foreach (var fiber in _fibers)
        {
            fiber.Dispose();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    internal Fiber RentFiber()
    {
        if (!_idleFibers.TryPop(out var fiber))
        {
            _fibers.Add(fiber = new Fiber(this));
        }

        return fiber;
    }

    internal void ReturnFiber(Fiber fiber) => _idleFibers.Push(fiber);

    private readonly record struct ScheduledEvent(VirtualProcess? Process, Action Action);

    private readonly record struct EventOrder(long Time, long Number) : IComparable<EventOrder>
    {
        public int CompareTo(EventOrder other) => Time != other.Time ? Time.CompareTo(other.Time) : Number.CompareTo(other.Number);
    }
}
