namespace Bayou.Simulation.Disk;

/// <summary>What happens to the next changes of a disk. Each fault is armed by a number of changes that go well before it, and happens once.</summary>
public sealed class DiskFaults
{
    private const int Never = -1;

    private int _changesToPowerCut = Never;
    private int _writesToError = Never;
    private int _syncsToError = Never;

    /// <summary>Syncs take so many times as long.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>The power goes in the middle of a change.</summary>
    public void CutPowerAfter(int changes) => _changesToPowerCut = changes;

    /// <summary>A write fails (EIO).</summary>
    public void FailWriteAfter(int writes) => _writesToError = writes;

    /// <summary>A sync fails (EIO).</summary>
    public void FailSyncAfter(int syncs) => _syncsToError = syncs;

    /// <summary>Nothing is going to happen.</summary>
    public void Disarm()
    {
        _changesToPowerCut = Never;
        _writesToError = Never;
        _syncsToError = Never;
        Slowness = 1;
    }

    internal bool CutsPower() => CountDown(ref _changesToPowerCut);

    internal bool FailsWrite() => CountDown(ref _writesToError);

    internal bool FailsSync() => CountDown(ref _syncsToError);

    private static bool CountDown(ref int left)
    {
        if (left == Never)
        {
            return false;
        }

        return left-- == 0;
    }
}
