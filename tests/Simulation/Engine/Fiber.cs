using System.Runtime.ExceptionServices;

namespace Bayou.Simulation.Engine;

/// <summary>
/// A thread that never runs beside the event loop but instead of it. Code that blocks, such as a journal that waits for its sync, is
/// run here: where it would block it calls <see cref="Suspend"/>, the loop goes on, and an event resumes it.
/// </summary>
internal sealed class Fiber : IDisposable
{
    [ThreadStatic]
    private static Fiber? _current;

    private readonly EventLoop _loop;
    private readonly Baton _go = new();
    private readonly Baton _back = new();
    private readonly Thread _thread;
    private Action? _work;
    private SynchronizationContext? _context;
    private ExceptionDispatchInfo? _thrown;
    private bool _isAborted;
    private bool _isDisposed;

    public Fiber(EventLoop loop)
    {
        _loop = loop;
        _thread = new Thread(RunWork, 256 << 10) { IsBackground = true, Name = "fiber" };
        _thread.Start();
    }

    /// <summary>The fiber that the calling code runs on; null on the loop's own thread.</summary>
    public static Fiber? Current => _current;

    /// <summary>Whose work it runs.</summary>
    public BlockingLane? Lane { get; set; }

    /// <summary>Whether its work waits for <see cref="Resume"/>.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>On the loop: runs some work until it ends or suspends itself.</summary>
    public void Run(Action work)
    {
        _work = work;
        _context = SynchronizationContext.Current;
        Switch();
    }

    /// <summary>On the loop: lets suspended work go on until it ends or suspends itself again.</summary>
    public void Resume() => Switch();

    /// <summary>On the loop: ends suspended work where it stands, by a <see cref="PowerCutException"/>.</summary>
    public void Abort()
    {
        _isAborted = true;
        try
        {
            // What unwinds may try to wait once more, and is refused.
            while (IsSuspended)
            {
                Switch();
            }
        }
        catch (PowerCutException)
        {
            // As ordered.
        }
        finally
        {
            _isAborted = false;
        }
    }

    /// <summary>On the fiber: gives the loop its turn until it resumes this work.</summary>
    public void Suspend()
    {
        ThrowIfAborted();
        IsSuspended = true;
        _back.Pass();
        _go.Take();
        IsSuspended = false;
        ThrowIfAborted();
    }

    public void Dispose()
    {
        Abort();
        _isDisposed = true;
        _go.Pass();
        _thread.Join();
    }

    private void ThrowIfAborted()
    {
        if (_isAborted)
        {
            throw new PowerCutException();
        }
    }

    private void Switch()
    {
        var thread = _loop.RunningThread;
        _loop.RunningThread = _thread.ManagedThreadId;
        _go.Pass();
        _back.Take();
        _loop.RunningThread = thread;
        if (_thrown is { } thrown)
        {
            _thrown = null;
            thrown.Throw();
        }
    }

    private void RunWork()
    {
        _current = this;
        while (true)
        {
            _go.Take();
            if (_isDisposed)
            {
                return;
            }

            SynchronizationContext.SetSynchronizationContext(_context);
            try
            {
                _work!();
            }
            catch (Exception e)
            {
                _thrown = ExceptionDispatchInfo.Capture(e);
            }

            _work = null;
            _back.Pass();
        }
    }
}
