namespace Bayou.Simulation.Engine;

/// <summary>
/// Work of a process that blocks, one piece at a time, each on a <see cref="Fiber"/>: what is a thread of its own in the server. As a
/// synchronization context it takes the continuations of asynchronous work that blocks in between.
/// </summary>
public sealed class BlockingLane : SynchronizationContext
{
    private readonly EventLoop _loop;
    private readonly VirtualProcess _process;
    private readonly Queue<Action> _waiting = new();
    private Fiber? _fiber;
    private bool _isScheduled;
    private bool _waitsForCondition;
    private long _wakes;

    public BlockingLane(EventLoop loop, VirtualProcess process)
    {
        _loop = loop;
        _process = process;
        process.Ended += Abort;
    }

    /// <summary>The lane that the calling code runs on; null on the loop's own thread.</summary>
    public static BlockingLane? Running => Fiber.Current?.Lane;

    /// <summary>Called whenever the lane has stopped for a moment: a piece of work has ended, or waits.</summary>
    public Action? Paused { get; set; }

    /// <summary>A piece of work has begun and has not ended.</summary>
    public bool IsBusy => _fiber is not null;

    /// <summary>Queues a piece of work.</summary>
    public void Post(Action work)
    {
        _waiting.Enqueue(work);
        Poke();
    }

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in a simulation waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Looks again whether there is something to begin, or whether what work waits for has come.</summary>
    public void Poke()
    {
        if (_waitsForCondition || (_fiber is null && _waiting.Count > 0))
        {
            ScheduleGo();
        }
    }

    /// <summary>On the lane: lets virtual time pass.</summary>
    public void Wait(TimeSpan time)
    {
        var wake = ++_wakes;
        _process.Schedule(time, () => Wake(wake));
        _fiber!.Suspend();
    }

    /// <summary>On the lane: lets others go on until a condition holds; it is looked at on the lane, whenever the lane is poked.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            _waitsForCondition = true;
            _wakes++;
            _fiber!.Suspend();
        }
    }

    /// <summary>
    /// Lets work that waits go on at once, whatever it waits for, since somebody who cannot wait by virtual time waits for it. False if
    /// there is none, or if it waits for something that has not come.
    /// </summary>
    public bool HurryUp()
    {
        if (_fiber is null)
        {
            return false;
        }

        var isConditional = _waitsForCondition;
        _waitsForCondition = false;
        Switch(_fiber.Resume);
        return !isConditional || !_waitsForCondition;
    }

    private void ScheduleGo()
    {
        if (!_isScheduled && _process.IsAlive)
        {
            _isScheduled = true;
            _process.Schedule(TimeSpan.Zero, Go);
        }
    }

    private void Go()
    {
        _isScheduled = false;
        if (_waitsForCondition)
        {
            _waitsForCondition = false;
            Switch(_fiber!.Resume);
        }
        else if (_fiber is null && _waiting.TryDequeue(out var work))
        {
            _fiber = _loop.RentFiber();
            _fiber.Lane = this;
            SetSynchronizationContext(this);
            Switch(() => _fiber.Run(work));
        }
    }

    private void Wake(long wake)
    {
        // Work that was hurried up has gone on, and may wait for something else by now.
        if (wake == _wakes && _fiber is not null)
        {
            Switch(_fiber.Resume);
        }
    }

    private void Switch(Action go)
    {
        _wakes++;
        try
        {
            go();
        }
        finally
        {
            if (_fiber is { IsSuspended: false })
            {
                Release();
            }
        }

        Paused?.Invoke();
        if (_fiber is null && _waiting.Count > 0)
        {
            ScheduleGo();
        }
    }

    private void Abort()
    {
        _waiting.Clear();
        if (_fiber is { IsSuspended: true } fiber)
        {
            fiber.Abort();
            Release();
        }
    }

    private void Release()
    {
        _loop.ReturnFiber(_fiber!);
        _fiber = null;
        _waitsForCondition = false;
    }
}
