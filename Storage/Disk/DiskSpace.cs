namespace Bayou.Storage.Disk;

/// <summary>
/// Watches how full the disk is. A ballast file keeps some room in reserve: when a write finds no space, the ballast goes, so that
/// what must be written to get out of the trouble, such as a checkpoint after a trim, still fits.
/// </summary>
internal sealed class DiskSpace
{
    private const string BallastPath = "BALLAST";

    /// <summary>On a disk where the ballast would take more than this part, it would be the problem rather than the answer.</summary>
    private const int BallastShare = 100;

    private const long LookEveryBytes = 4 << 20;
    private const int LookEveryBatches = 64;

    private readonly IDisk _disk;
    private readonly Action<string> _log;
    private readonly Lock _gate = new();
    private readonly long _ballastBytes;
    private readonly long _threshold;
    private bool _isLow;
    private long _bytes;
    private int _batches;

    public DiskSpace(IDisk disk, StorageOptions options, Action<string> log)
    {
        _disk = disk;
        _log = log;
        _threshold = disk.CapacityBytes / 100 * options.AdmissionFreePercent;
        _ballastBytes = options.BallastBytes <= disk.CapacityBytes / BallastShare ? options.BallastBytes : 0;
        Look();
        TryRestoreBallast();
    }

    /// <summary>Less is free than the threshold. Cheap while it is not so; looks again while it is.</summary>
    public bool IsLow
    {
        get
        {
            if (!Volatile.Read(ref _isLow))
            {
                return false;
            }

            Look();
            return Volatile.Read(ref _isLow);
        }
    }

    /// <summary>Counts what the journal writes, which is when the disk gets fuller, and looks now and then. For one thread.</summary>
    public void Count(long bytes)
    {
        _bytes += bytes;
        if (++_batches >= LookEveryBatches || _bytes >= LookEveryBytes)
        {
            (_bytes, _batches) = (0, 0);
            Look();
        }
    }

    /// <summary>Frees the ballast for a write that found no space; false when there is none left.</summary>
    public bool TryGiveUpBallast()
    {
        lock (_gate)
        {
            if (!_disk.Exists(BallastPath))
            {
                return false;
            }

            _disk.Delete(BallastPath);
            _disk.SyncDirectory("");
            Volatile.Write(ref _isLow, _threshold > 0);
            _log($"The disk is full. {BallastPath} was removed to make room; free some space.");
            return true;
        }
    }

    /// <summary>Makes the ballast where it is missing and fits.</summary>
    public void TryRestoreBallast()
    {
        lock (_gate)
        {
            if (_ballastBytes > 0 && !_disk.Exists(BallastPath) && _disk.FreeBytes - _ballastBytes > _threshold)
            {
                _disk.TryReserve(BallastPath, _ballastBytes);
            }
        }
    }

    private void Look() => Volatile.Write(ref _isLow, _threshold > 0 && _disk.FreeBytes < _threshold);
}
