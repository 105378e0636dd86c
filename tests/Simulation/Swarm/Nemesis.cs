using Bayou.Raft;
using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Network;
using Bayou.Simulation.Run;
using Bayou.Storage;

namespace Bayou.Simulation.Swarm;

/// <summary>
/// Does to a cluster what its plan says, each kind of fault at its own random times, and repairs it again: machines that are down are
/// started, cuts healed, disks emptied. <see cref="Heal"/> ends all faults.
/// </summary>
internal sealed partial class Nemesis(SimulatedCluster cluster, Random random)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private static readonly FaultKind[] Ambushes =
    [
        FaultKind.Kill, FaultKind.PowerCut, FaultKind.PowerCutInside, FaultKind.Blackout, FaultKind.Pause, FaultKind.Partition, FaultKind.OneWayPartition,
        FaultKind.PartialPartition, FaultKind.Clog, FaultKind.Transfer, FaultKind.MembershipChange,
    ];

    private readonly HashSet<Machine> _restarting = [];
    private readonly DiskImages _images = new(cluster);
    private bool _isOver;

    private SwarmPlan Plan => cluster.Plan;

    public void Start()
    {
        cluster.Network.Conditions = Plan.Network;
        cluster.Ended = OnEnded;
        cluster.Oracle.Moment = OnMoment;
        cluster.Oracle.Elected = OnElected;
        cluster.Oracle.FirstApplied = OnFirstApplied;
        foreach (var kind in (FaultKind[])[FaultKind.SlowNetwork, FaultKind.ClockDrift])
        {
            if (Plan.Has(kind))
            {
                cluster.Statistics.Count(kind);
            }
        }

        LookAfterOwing();
        foreach (var (kind, interval) in Plan.Faults.Where(static fault => fault.Value > TimeSpan.Zero))
        {
            Repeat(kind, interval);
        }
    }

    /// <summary>No more faults; what is broken is whole again as far as it can be, and every machine that can run does.</summary>
    public void Heal()
    {
        _isOver = true;
        cluster.Network.Conditions = NetworkConditions.Good;
        cluster.Network.Heal();
        foreach (var machine in cluster.Machines)
        {
            machine.Disk.Faults.Disarm();
            machine.Disk.ForeignBytes = 0;
            machine.Disk.StopSpoilingReads();
            machine.Process?.Resume();
            TryReplaceRefused(machine);
        }

        cluster.Ended = OnEndedAfterwards;
        cluster.Oracle.Moment = static () => { };
        cluster.Oracle.Elected = static (_, _) => { };
        cluster.Oracle.FirstApplied = static (_, _) => { };
    }

    /// <summary>Silos that owe something are damaged until they say that they have everything, and no damage is left on their disks.</summary>
    private void LookAfterOwing()
    {
        foreach (var machine in cluster.Machines.Where(machine => cluster.Atlas.IsOwing(machine.Disk) && machine is { IsPaused: false, HasOldDisk: false, Program.IsWhole: true } && IsWholeOnDisk(machine)))
        {
            cluster.Atlas.MarkWhole(machine.Disk);
            if (!cluster.Atlas.IsControlSound(machine.Disk))
            {
                cluster.Atlas.MarkOwing(machine.Disk);
            }
            else if (machine.HasLostDisk)
            {
                machine.HasLostDisk = false;
                cluster.Oracle.OnReadmitted(machine.Name);
            }
        }

        cluster.Loop.Schedule(TimeSpan.FromMilliseconds(200), LookAfterOwing);
    }

    /// <summary>
    /// A restart would find nothing missing either: what was mended is whole in memory first. And nowhere would it find a change of members of which it
    /// does not know that it is committed: the replicas that this one stands in for would have their votes again.
    /// </summary>
    private bool IsWholeOnDisk(Machine machine) =>
        Holds(machine, static store => !store.MayLackGroups && store.Groups.All(static group => group.Fault is null), ifDamaged: false)
        && cluster.Machines.All(one => Holds(one, static store => !store.Groups.Any(HasOpenChange), ifDamaged: true));

    private static bool HasOpenChange(RecoveredGroup group) =>
        group.Entries.Any(entry => entry.Index > group.HardState.Commit && (EntryKind)entry.Kind != EntryKind.Normal);

    /// <summary>Whether a start on what a machine's disk holds for certain would find something.</summary>
    private bool Holds(Machine machine, Func<SiloStore, bool> isFound, bool ifDamaged)
    {
        try
        {
            using var store = cluster.OpenCopy(machine.Disk);
            return isFound(store);
        }
        catch (StorageCorruptException)
        {
            return ifDamaged;
        }
    }

    private void OnEnded(Machine machine)
    {
        // A power cut is when disks lose what they were at.
        if (Plan.Has(FaultKind.BitRot) && random.Next(2) == 0 && new DiskRot(machine.Disk, cluster.Atlas).FlipBitsOfNewest(random) is { } what)
        {
            cluster.Atlas.MarkOwing(machine.Disk);
            cluster.Statistics.Count(FaultKind.BitRot);
            cluster.Trace.Write("nemesis", $"BitRot at the end of {machine.Name}: {what}");
        }

        ScheduleRestart(machine);
    }

    /// <summary>
    /// Those who found a cluster wait for each other. If one of them is refused its disk before there was anything to acknowledge, only an empty
    /// disk helps, as an operator would give it.
    /// </summary>
    private bool TryReplaceRefused(Machine machine)
    {
        var isReplaced = machine.IsRefused && Plan.SurvivesDiskLoss && cluster.Acknowledged.Count == 0;
        if (isReplaced)
        {
            machine.LoseDisk();
        }

        return isReplaced;
    }

    /// <summary>One that was still stopping when the faults ended is started again like any other.</summary>
    private void OnEndedAfterwards(Machine machine)
    {
        if (TryReplaceRefused(machine) || machine.HasStopped)
        {
            cluster.Loop.Schedule(TimeSpan.Zero, machine.Start);
        }
    }

    /// <summary>Elections and changes of members are when much is under way at once: some of the run's own faults follow on the heels.</summary>
    private void OnMoment()
    {
        FaultKind[] kinds = [.. Ambushes.Where(Plan.Has)];
        if (kinds.Length > 0 && random.NextDouble() < Plan.Ambush)
        {
            var kind = kinds[random.Next(kinds.Length)];
            After(Soon(), () => Try(kind));
        }
    }

    /// <summary>Between what the next frame takes and what an election does.</summary>
    private TimeSpan Soon() => TimeSpan.FromMilliseconds(10 * Math.Pow(100, -random.NextDouble()));

    private void Repeat(FaultKind kind, TimeSpan interval) => After(interval, () =>
    {
        if (!_isOver)
        {
            Try(kind);
            Repeat(kind, interval);
        }
    });

    private void Try(FaultKind kind)
    {
        if (!_isOver && Do(kind) is { } what)
        {
            cluster.Statistics.Count(kind);
            cluster.Trace.Write("nemesis", $"{kind}: {what}");
        }
    }

    /// <summary>Something of a kind, in words; null if there was nothing to do it to.</summary>
    private string? Do(FaultKind kind) => kind switch
    {
        FaultKind.Kill => To(AnyUp(), static machine => machine.Kill("killed")),
        FaultKind.PowerCut => To(AnyUp(), static machine => machine.CutPower()),
        FaultKind.PowerCutInside => To(AnyUp(), machine => machine.Disk.Faults.CutPowerAfter(random.Next(60))),
        FaultKind.Blackout => Blackout(),
        FaultKind.OrderlyRestart => To(AnyUp(), static machine => machine.Stop(StopPatience)),
        FaultKind.Pause => To(AnyUp(), Pause),
        FaultKind.Partition => Part((one, other) => Cut(one, other, isBothWays: true)),
        FaultKind.OneWayPartition => Part((one, other) => Cut(one, other, isBothWays: false)),
        FaultKind.PartialPartition => PartTwo(),
        FaultKind.Clog => Clog(),
        FaultKind.ClockJump => To(Any(), JumpClock),
        FaultKind.BitRot => Rot(static (rot, random) => rot.FlipBits(random)),
        FaultKind.MisdirectedWrite => Rot(static (rot, random) => rot.MisdirectWrite(random)),
        FaultKind.SpoiledRead => Rot((rot, random) => random.Next(2) == 0 ? rot.FlipBitsOnRead(random) : rot.MisdirectRead(random)),
        FaultKind.WriteError => To(AnyUp(), machine => machine.Disk.Faults.FailWriteAfter(random.Next(20))),
        FaultKind.SyncError => To(AnyUp(), machine => machine.Disk.Faults.FailSyncAfter(random.Next(20))),
        FaultKind.DiskFull => To(AnyUp(), FillDisk),
        FaultKind.SlowDisk => To(AnyUp(), SlowDown),
        FaultKind.DiskLoss => LoseDisk(),
        FaultKind.DiskRestore => RestoreDisk(),
        FaultKind.Transfer => Transfer(),
        FaultKind.MembershipChange => ChangeMembers(),
        _ => throw new InvalidOperationException($"Nobody does {kind} at a time."),
    };

    private static string? To(Machine? machine, Action<Machine> action)
    {
        if (machine is null)
        {
            return null;
        }

        action(machine);
        return machine.Name;
    }

    private string Blackout()
    {
        foreach (var machine in cluster.Machines)
        {
            machine.CutPower();
        }

        return "everywhere";
    }

    private void Pause(Machine machine)
    {
        var process = machine.Process!;
        process.Pause();
        After(TimeSpan.FromSeconds(1), process.Resume);
    }

    private string? Part(Action<Machine, Machine> cut)
    {
        var side = cluster.Machines.ToDictionary(static machine => machine, _ => random.Next(2));
        foreach (var one in cluster.Machines.Where(machine => side[machine] == 0))
        {
            foreach (var other in cluster.Machines.Where(machine => side[machine] == 1))
            {
                cut(one, other);
            }
        }

        return HealLater(string.Join(' ', side.Where(static pair => pair.Value == 0).Select(static pair => pair.Key.Name)) + " off");
    }

    private string? PartTwo()
    {
        var (one, other) = (Any(), Any());
        if (one == other)
        {
            return null;
        }

        Cut(one, other, isBothWays: true);
        return HealLater($"{one.Name} and {other.Name}");
    }

    private string? HealLater(string what)
    {
        if (!cluster.Network.IsCut)
        {
            return null;
        }

        After(TimeSpan.FromSeconds(2), cluster.Network.Heal);
        return what;
    }

    private void Cut(Machine one, Machine other, bool isBothWays)
    {
        cluster.Network.Cut(one.Name, other.Name);
        if (isBothWays)
        {
            cluster.Network.Cut(other.Name, one.Name);
        }
    }

    private string? Clog()
    {
        var (one, other) = (Any(), Any());
        if (one == other)
        {
            return null;
        }

        cluster.Network.Clog(one.Name, other.Name, random.Exponential(TimeSpan.FromSeconds(1)));
        return $"{one.Name} to {other.Name}";
    }

    private void JumpClock(Machine machine)
    {
        var hours = Math.Pow(10, (random.NextDouble() * 7) - 6) * (random.Next(2) == 0 ? 1 : -1);
        machine.Clock.Jump(TimeSpan.FromHours(hours));
    }

    private string? Rot(Func<DiskRot, Random, string?> rot)
    {
        var machine = Any();
        if (rot(new DiskRot(machine.Disk, cluster.Atlas), random) is not { } what)
        {
            return null;
        }

        if (!cluster.Atlas.IsControlSound(machine.Disk))
        {
            cluster.Atlas.MarkOwing(machine.Disk);
        }

        return $"{machine.Name}, {what}";
    }

    private void FillDisk(Machine machine)
    {
        var disk = machine.Disk;
        disk.ForeignBytes = Math.Max(1, disk.Capacity - disk.UsedBytes - random.Next(100_000));
        After(TimeSpan.FromSeconds(3), () => disk.ForeignBytes = 0);
    }

    private void SlowDown(Machine machine)
    {
        var faults = machine.Disk.Faults;
        faults.Slowness = 10 + (90 * random.NextDouble());
        After(TimeSpan.FromSeconds(3), () => faults.Slowness = 1);
    }

    private string? LoseDisk()
    {
        var machine = Any();
        if (!cluster.Atlas.PermitsLoss(machine.Disk))
        {
            return null;
        }

        machine.LoseDisk();
        ScheduleRestart(machine);
        return machine.Name;
    }

    private string? RestoreDisk()
    {
        var machine = Any();

        // An image is an old one once the program was started again.
        void StartAnew() => To(_isOver ? null : machine, static machine => machine.Kill("killed"));
        if (_images.Next(machine, taken: () => After(TimeSpan.FromSeconds(1), StartAnew)) is not { } image)
        {
            return null;
        }

        machine.RestoreDisk(image);
        ScheduleRestart(machine);
        return machine.Name;
    }

    private string? Transfer()
    {
        var channel = AnyChannel();
        var successor = Any().Name;
        foreach (var machine in cluster.Machines.Where(static machine => machine is { IsUp: true, IsPaused: false }))
        {
            machine.Process!.Schedule(TimeSpan.Zero, () => machine.Program?.TransferLeadership(channel, successor));
        }

        return $"{channel} to {successor}";
    }

    private string? ChangeMembers()
    {
        var channel = AnyChannel();
        var members = Plan.Silos.OrderBy(_ => random.Next()).Take(Plan.Replicas).ToArray();
        foreach (var machine in cluster.Machines.Where(static machine => machine is { IsUp: true, IsPaused: false }))
        {
            machine.Process!.Schedule(TimeSpan.Zero, () => machine.Program?.ChangeMembers(channel, members));
        }

        return $"{channel} to {string.Join(' ', members)}";
    }

    /// <summary>A machine without a process gets one after a while; one whose data is refused gets an empty disk first, if the program stands that.</summary>
    private void ScheduleRestart(Machine machine)
    {
        if (!_restarting.Add(machine))
        {
            return;
        }

        After(Plan.DownTime, () =>
        {
            _restarting.Remove(machine);
            if (machine.IsRefused && Plan.SurvivesDiskLoss && !_isOver)
            {
                machine.LoseDisk();
            }

            if (!machine.IsRefused && !_isOver)
            {
                machine.Start();
            }
        });
    }

    private Machine Any() => cluster.Machines[random.Next(cluster.Machines.Count)];

    private Machine? AnyUp()
    {
        var up = cluster.Machines.Where(static machine => machine is { IsUp: true, IsPaused: false }).ToArray();
        return up.Length == 0 ? null : up[random.Next(up.Length)];
    }

    private string AnyChannel() => Plan.Channels[random.Next(Plan.Channels.Count)];

    private void After(TimeSpan mean, Action action) => cluster.Loop.Schedule(random.Exponential(mean), action);
}
