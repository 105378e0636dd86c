using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>
/// The threads that a silo has beside its workers: one writes the journal, others run long jobs. They and the workers go on while
/// one waits for the disk. A worker is no fiber: where it waits for one of them, that one gets what it waits for at once.
/// <para>
/// Most processes are coarse: they write their journal, and open their store, in one go, with the time that takes spent before. To let
/// it pass inside, at each sync, takes two changes of threads and shows what only comes to light between a write and its sync; some do.
/// </para>
/// </summary>
internal sealed class SiloWork
{
    /// <summary>About what a start takes.</summary>
    private const int OpeningSyncs = 8;

    private readonly BlockingLane _journal;
    private readonly BlockingLane _jobs;
    private readonly VirtualProcess _process;
    private readonly VirtualDisk _disk;
    private readonly bool _isCoarse;
    private SiloStore? _store;
    private bool _isQueued;

    public SiloWork(EventLoop loop, VirtualProcess process, VirtualDisk disk, bool isCoarse)
    {
        _process = process;
        _disk = disk;
        _isCoarse = isCoarse;
        _journal = new BlockingLane(loop, process);
        _jobs = new BlockingLane(loop, process);
        _journal.Paused = _jobs.Poke;
        process.Executed += WriteIfDue;
    }

    /// <summary>Runs something that blocks, before there is a journal.</summary>
    public void RunBlocking(Action work)
    {
        if (_isCoarse)
        {
            _process.Schedule(OpeningSyncs * _disk.DrawSyncTime(), work);
        }
        else
        {
            _jobs.Post(work);
        }
    }

    /// <summary>Runs a job when those before it have ended or wait for something other than the disk.</summary>
    public void RunLong(Func<Task> job) => _jobs.Post(() => _ = ObserveAsync(job()));

    public void DriveJournal(SiloStore store)
    {
        _store = store;
        store.Drive(WaitUntil);
    }

    /// <summary>What a job throws is the process's fault, and must not get lost in its task.</summary>
    private async Task ObserveAsync(Task job)
    {
        try
        {
            await job;
        }
        catch (Exception e)
        {
            if (_process.IsAlive)
            {
                _process.Faulted?.Invoke(e);
            }
        }
    }

    private void WaitUntil(Func<bool> condition)
    {
        if (BlockingLane.Running is { } lane)
        {
            WriteIfDue();
            lane.WaitUntil(condition);
            return;
        }

        while (!condition())
        {
            if (!_journal.HurryUp() && !TryWrite() && !_jobs.HurryUp())
            {
                throw new InvalidOperationException("A worker waits for something that nobody is about to do.");
            }
        }
    }

    private void WriteIfDue()
    {
        if (_store is { HasWork: true } && !_isQueued && !_journal.IsBusy)
        {
            _isQueued = true;
            if (_isCoarse)
            {
                _process.Schedule(_disk.DrawSyncTime(), WriteInOneGo);
            }
            else
            {
                _journal.Post(Write);
            }
        }
    }

    private void WriteInOneGo()
    {
        Write();
        _jobs.Poke();
    }

    /// <summary>Writes one batch without letting time pass.</summary>
    private bool TryWrite() => !_journal.IsBusy && _store!.Pump();

    private void Write()
    {
        _isQueued = false;
        while (_store!.Pump())
        {
            // Until nothing waits; each sync on the way lets time pass.
        }
    }
}
