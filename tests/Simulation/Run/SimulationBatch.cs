namespace Bayou.Simulation.Run;

/// <summary>Runs many seeds, some side by side; the order in which they end changes nothing about any of them.</summary>
public sealed class SimulationBatch(IProgramKind kind, long events)
{
    /// <summary>A run takes well under a second. One that takes so long waits for something that never comes.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly BatchReport _report = new(kind);
    private readonly HashSet<int> _underWay = [];
    private Exception? _broken;
    private int _next;
    private int _last;

    /// <summary>Whether one failure is enough: no further seed is begun.</summary>
    public bool StopsAtFailure { get; init; }

    /// <summary>Called after every run, for one at a time.</summary>
    public Action<RunResult> Finished { get; set; } = static _ => { };

    /// <exception cref="TimeoutException">Some run does not end; the message names it.</exception>
    public BatchReport Execute(int firstSeed, int count, int jobs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        (_next, _last) = (firstSeed, checked(firstSeed + count - 1));
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, count)).Select(_ => new Thread(Work) { IsBackground = true })];
        Array.ForEach(threads, static thread => thread.Start());
        foreach (var thread in threads)
        {
            Join(thread);
        }

        return _broken is null ? _report : throw new InvalidOperationException("The simulation itself is broken.", _broken);
    }

    private void Join(Thread thread)
    {
        int before;
        do
        {
            before = Done();
        }
        while (!thread.Join(LongestRun) && Done() > before);
        if (thread.IsAlive)
        {
            lock (_gate)
            {
                throw new TimeoutException($"Runs that do not end within {LongestRun}: {string.Join(' ', _underWay)}. Something waits for ever, or never comes to rest.");
            }
        }
    }

    private int Done()
    {
        lock (_gate)
        {
            return _report.RunCount;
        }
    }

    private void Work()
    {
        try
        {
            while (TryTake(out var seed))
            {
                Finish(SimulationRun.Execute(seed, kind, events));
            }
        }
        catch (Exception e)
        {
            _broken = e;
        }
    }

    private bool TryTake(out int seed)
    {
        lock (_gate)
        {
            seed = _next;
            if (_next > _last || _broken is not null || (StopsAtFailure && _report.Failures.Count > 0))
            {
                return false;
            }

            _next++;
            _underWay.Add(seed);
            return true;
        }
    }

    private void Finish(RunResult result)
    {
        lock (_gate)
        {
            _underWay.Remove(result.Seed);
            _report.Add(result);
            Finished(result);
        }
    }
}
