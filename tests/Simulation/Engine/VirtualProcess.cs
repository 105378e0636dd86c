namespace Bayou.Simulation.Engine;

/// <summary>
/// One life of a program: what it has scheduled runs under its own synchronization context, stands still while it is paused, and
/// never runs once it has ended.
/// </summary>
public sealed class VirtualProcess
{
    private readonly EventLoop _loop;
    private readonly Queue<Action> _held = new();

    /// <param name="loop">Where it runs.</param>
    /// <param name="name">For the trace.</param>
    public VirtualProcess(EventLoop loop, string name)
    {
        _loop = loop;
        Name = name;
        Context = new SimulationContext(this);
    }

    public string Name { get; }

    public SimulationContext Context { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>Called with what an event threw; without it the run ends.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>Called after every event of the process that it has lived through.</summary>
    public event Action? Executed;

    /// <summary>Called once when the process ends, by whatever cause.</summary>
    public event Action? Ended;

    /// <summary>Runs an action as part of this process.</summary>
    public void Schedule(TimeSpan delay, Action action) => _loop.Schedule(delay, action, this);

    public void Pause() => IsPaused = true;

    /// <summary>Goes on: what was held back runs now, in the order in which it would have run.</summary>
    public void Resume()
    {
        IsPaused = false;
        while (_held.TryDequeue(out var action))
        {
            Schedule(TimeSpan.Zero, action);
        }
    }

    /// <summary>The process is gone, in the middle of whatever it was doing.</summary>
    public void End()
    {
        if (!IsAlive)
        {
            return;
        }

        IsAlive = false;
        _held.Clear();
        Ended?.Invoke();
    }

    internal void Execute(Action action)
    {
        if (!IsAlive)
        {
            return;
        }

        if (IsPaused)
        {
            _held.Enqueue(action);
            return;
        }

        Run(action);
    }

    /// <summary>Runs an action at once, under the context of the process.</summary>
    internal void Run(Action action)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context);
        try
        {
            action();
        }
        catch (PowerCutException) when (!IsAlive)
        {
            // The power went in the middle of it; there is nobody left to tell.
        }
        catch (Exception e) when (Faulted is not null)
        {
            if (IsAlive)
            {
                Faulted(e);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        if (IsAlive)
        {
            Executed?.Invoke();
        }
    }
}
