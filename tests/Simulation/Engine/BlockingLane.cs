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

    public BlockingLane(EventLoop loop, VirtualProcess process)
    {
        _loop = loop;
        _process = process;
        process.Ended += Abort;
    }

    /// <summary>The lane that the calling code runs on; null on the loop's own thread.</summary>
    public static BlockingLane? Running => Fiber.Current?.Lane;

    /// <summary>Asked before a piece of work begins; without it any time is right.</summary>
    public Func<bool>? MayBegin { get; set; }

    /// <summary>Called whenever the lane has stopped for a moment: a piece of work has ended, or waits.</summary>
    public Action? Paused { get; set; }

    /// <summary>A piece of work has begun and has not ended.</summary>
    public bool IsBusy => _fiber is not null;

    /// <summary>What the work under way waits for, as it was given to <see cref="Wait"/>; null while it waits for nothing.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>Queues a piece of work.</summary>
    public void Post(Action work)
    {
        _waiting.Enqueue(work);
        Poke();
    }

    public override void Post(SendOrPostCallback d, object? state) => Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in a simulation waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Looks again whether the next piece of work may begin.</summary>
    public void Poke()
    {
        if (!_isScheduled && CanBegin && _process.IsAlive)
        {
            _isScheduled = true;
            _process.Schedule(TimeSpan.Zero, Begin);
        }
    }

    /// <summary>On the lane: lets virtual time pass. <paramref name="cause"/> says what for.</summary>
    public void Wait(TimeSpan time, string cause)
    {
        WaitsFor = cause;
        _process.Schedule(time, Resume);
        _fiber!.Suspend();
        WaitsFor = null;
    }

    private bool CanBegin => _fiber is null && _waiting.Count > 0 && (MayBegin?.Invoke() ?? true);

    private void Begin()
    {
        _isScheduled = false;
        if (!CanBegin)
        {
            return;
        }

        var work = _waiting.Dequeue();
        _fiber = _loop.RentFiber();
        _fiber.Lane = this;
        SetSynchronizationContext(this);
        Switch(() => _fiber.Run(work));
    }

    private void Resume() => Switch(_fiber!.Resume);

    private void Switch(Action go)
    {
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
        Poke();
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
        WaitsFor = null;
    }
}
