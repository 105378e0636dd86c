using Bayou.Simulation.Engine;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>
/// The two threads that a silo has beside its workers: one writes the journal, the other runs long jobs. They overlap, but for one
/// thing: a store without a thread of its own writes the journal on the spot when a job waits for it, so a job begins only between
/// two batches, and no batch begins while a job is at one.
/// </summary>
internal sealed class SiloWork
{
    private const string JournalFolder = "wal";

    private readonly BlockingLane _journal;
    private readonly BlockingLane _jobs;
    private readonly VirtualProcess _process;
    private SiloStore? _store;
    private bool _isQueued;

    public SiloWork(EventLoop loop, VirtualProcess process)
    {
        _process = process;
        _journal = new BlockingLane(loop, process) { MayBegin = () => !IsWritingJournal(_jobs!) };
        _jobs = new BlockingLane(loop, process) { MayBegin = () => !_journal.IsBusy };
        _journal.Paused = _jobs.Poke;
        _jobs.Paused = _journal.Poke;
        process.Executed += WriteIfDue;
    }

    /// <summary>Runs something that blocks, before there is a journal.</summary>
    public void RunBlocking(Action work) => _jobs.Post(work);

    public void RunLong(Func<Task> job) => _jobs.Post(() => _ = ObserveAsync(job()));

    public void DriveJournal(SiloStore store) => _store = store;

    private static bool IsWritingJournal(BlockingLane lane) => lane.WaitsFor?.StartsWith(JournalFolder, StringComparison.Ordinal) ?? false;

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

    private void WriteIfDue()
    {
        if (_store is { HasWork: true } && !_isQueued && !_journal.IsBusy)
        {
            _isQueued = true;
            _journal.Post(Write);
        }
    }

    private void Write()
    {
        _isQueued = false;
        while (_store!.Pump())
        {
            // Until nothing waits; each sync on the way lets time pass.
        }
    }
}
