using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Run;

/// <summary>How often each thing happened, in one run or in many.</summary>
public sealed class RunStatistics
{
    private readonly long[] _happenings = new long[Enum.GetValues<Happening>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];

    public long this[Happening happening] => _happenings[(int)happening];

    public long this[FaultKind fault] => _faults[(int)fault];

    public void Count(Happening happening) => _happenings[(int)happening]++;

    public void Count(FaultKind fault) => _faults[(int)fault]++;

    public void Add(RunStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _happenings.Length; i++)
        {
            _happenings[i] += other._happenings[i];
        }

        for (var i = 0; i < _faults.Length; i++)
        {
            _faults[i] += other._faults[i];
        }
    }
}
