namespace Bayou.Simulation.Engine;

/// <summary>
/// Handed from one thread to another, of which only one runs at a time. Whoever waits sleeps at once: to spin, as a semaphore does first,
/// takes the processor from the very thread that is waited for.
/// </summary>
internal sealed class Baton
{
    private readonly object _gate = new();
    private bool _isThere;

    public void Pass()
    {
        lock (_gate)
        {
            _isThere = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Take()
    {
        lock (_gate)
        {
            while (!_isThere)
            {
                Monitor.Wait(_gate);
            }

            _isThere = false;
        }
    }
}
