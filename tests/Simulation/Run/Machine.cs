using Bayou.Grains.Replication;
using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>One machine of the cluster: its disk and its clock, and the process that it runs now, if any.</summary>
public sealed class Machine
{
    /// <summary>One life in so many is not coarse.</summary>
    private const int CoarsePart = 3;

    private readonly SimulatedCluster _cluster;
    private readonly Random _random;
    private readonly List<Action> _unanswered = [];
    private DiskMount? _mount;
    private SiloWork? _work;
    private int _lives;

    internal Machine(SimulatedCluster cluster, string name, int seed, double clockRate)
    {
        _cluster = cluster;
        _random = new Random(seed);
        Name = name;
        Disk = NewDisk();
        Clock = new VirtualClock(cluster.Loop, SimulatedCluster.Start, clockRate);
    }

    public string Name { get; }

    public VirtualDisk Disk { get; private set; }

    public VirtualClock Clock { get; }

    /// <summary>The process that runs here; null while there is none.</summary>
    public VirtualProcess? Process { get; private set; }

    /// <summary>What it runs, once that has opened its store.</summary>
    public ISiloProgram? Program { get; private set; }

    /// <summary>Its program refused what the disk holds; only another disk helps.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Its disk was replaced by an empty one, and it has not got everything back.</summary>
    public bool HasLostDisk { get; set; }

    /// <summary>Its disk was replaced by an older image of itself; its program has to notice.</summary>
    public bool HasOldDisk { get; private set; }

    /// <summary>Its last process was told to stop, and has.</summary>
    public bool HasStopped { get; private set; }

    public bool IsUp => Program is not null;

    public bool IsPaused => Process is { IsPaused: true };

    /// <summary>Starts a process, if there is none.</summary>
    public void Start()
    {
        if (Process is not null)
        {
            return;
        }

        HasStopped = false;
        _cluster.Trace.Write(Name, $"starts life {++_lives}");
        _cluster.OnStarted(this);
        var process = new VirtualProcess(_cluster.Loop, Name) { Faulted = OnFault };
        Process = process;
        process.Ended += () => OnEnded(process);
        _mount = Disk.Mount(Wait, OnPowerFailed);
        _work = new SiloWork(_cluster.Loop, process, Disk, isCoarse: _random.Next(CoarsePart) > 0);
        var environment = new SiloEnvironment(
            Name, _cluster.Plan, process, _mount, Clock, _cluster.Network, _work, _cluster.Oracle, _cluster.Inboxes, new Random(_random.Next()), OnFault);
        var program = _cluster.Kind.Create(environment);
        _work.RunBlocking(() =>
        {
            program.Open();
            process.Schedule(TimeSpan.Zero, () => Begin(process, program));
        });
    }

    /// <summary>Ends the process; the machine goes on, and so does what its system had in memory.</summary>
    public void Kill(string why)
    {
        if (Process is { } process)
        {
            _cluster.Trace.Write(Name, $"ends: {why}");
            process.End();
        }
    }

    /// <summary>Takes the power from the machine.</summary>
    public void CutPower()
    {
        Kill("power cut");
        Disk.LosePower();
    }

    /// <summary>Ends the process in an orderly way, unless it takes too long.</summary>
    public void Stop(TimeSpan patience)
    {
        if (Process is not { } process || Program is not { } program)
        {
            return;
        }

        _cluster.Trace.Write(Name, $"is asked to stop");
        process.Schedule(TimeSpan.Zero, () => _ = StopAsync(process, program));
        _cluster.Loop.Schedule(patience, () => End(process, "did not stop in time"));
    }

    /// <summary>Takes the disk from the machine, and gives it an empty one.</summary>
    public void LoseDisk()
    {
        Kill("disk lost");
        _cluster.Network.Forget(Name);
        var lost = Disk;
        Disk = NewDisk();
        _cluster.Atlas.Replace(lost, Disk);
        HasLostDisk = true;
        HasOldDisk = false;
        IsRefused = false;
    }

    /// <summary>Takes the disk from the machine, and gives it one on which everything is as it was some time ago.</summary>
    public void RestoreDisk(VirtualDisk image)
    {
        Kill("disk restored");
        var present = Disk;
        Disk = present.RestoredFrom(image);
        _cluster.Atlas.Replace(present, Disk);
        HasOldDisk = true;
        IsRefused = false;
    }

    /// <summary>
    /// Carries a batch to the program; <paramref name="answered"/> is called once, on the spot, with the answer, or with
    /// <see cref="PublishOutcome.Unknown"/> when the process ends before it.
    /// </summary>
    public void Publish(string channel, byte[] batch, Action<PublishReply> answered)
    {
        if (Program is not { } program)
        {
            answered(new PublishReply(PublishOutcome.NotLeader));
            return;
        }

        Ask(() => program.PublishAsync(channel, batch), answered, new PublishReply(PublishOutcome.Unknown));
    }

    /// <summary>Asks the program something on behalf of a subscriber or an operator; <paramref name="answered"/> is called once, on the spot.</summary>
    internal void Serve(Func<IChannelService, Task<ServiceReply>> ask, Action<ServiceReply> answered)
    {
        if (Program?.Service is { } service)
        {
            Ask(() => ask(service), answered, ServiceReply.Elsewhere(null));
        }
        else
        {
            answered(ServiceReply.Elsewhere(null));
        }
    }

    private void Ask<T>(Func<Task<T>> ask, Action<T> answered, T lost)
    {
        var unanswered = () => answered(lost);
        _unanswered.Add(unanswered);
        Process!.Execute(() => _ = AskAsync(ask, answered, unanswered));
    }

    private async Task AskAsync<T>(Func<Task<T>> ask, Action<T> answered, Action unanswered)
    {
        var process = Process;
        try
        {
            var reply = await ask();
            if (process is { IsAlive: true } && _unanswered.Remove(unanswered))
            {
                answered(reply);
            }
        }
        catch (Exception e)
        {
            if (process is { IsAlive: true })
            {
                OnFault(e);
            }
        }
    }

    private VirtualDisk NewDisk() => new(Name, new Random(_random.Next())) { SyncTime = _cluster.Plan.SyncTime };

    private void Begin(VirtualProcess process, ISiloProgram program)
    {
        Program = program;
        _cluster.Network.Attach(Name, process, program);
        program.Start();
    }

    private async Task StopAsync(VirtualProcess process, ISiloProgram program)
    {
        try
        {
            await program.StopAsync();
            End(process, "stopped");
        }
        catch (Exception e)
        {
            if (process.IsAlive)
            {
                OnFault(e);
            }
        }
    }

    private void End(VirtualProcess process, string why)
    {
        if (process.IsAlive)
        {
            HasStopped = true;
            Kill(why);
        }
    }

    private static void Wait(TimeSpan time) => BlockingLane.Running?.Wait(time);

    private void OnPowerFailed()
    {
        Kill("power cut inside a change");
        Disk.LosePower();
    }

    private void OnEnded(VirtualProcess process)
    {
        _mount!.Detach();
        if (Process == process)
        {
            Process = null;
            Program = null;
        }

        var unanswered = _unanswered.ToArray();
        _unanswered.Clear();
        Array.ForEach(unanswered, static call => call());

        _cluster.OnEnded(this);
    }

    /// <summary>The process cannot go on. That is right when its disk has failed or is damaged, and a fault of the program otherwise.</summary>
    private void OnFault(Exception exception)
    {
        switch (exception)
        {
            case DiskFailureException:
                _cluster.Statistics.Count(Happening.StoppedByDisk);
                break;
            case StorageCorruptException when !_cluster.Atlas.IsControlSound(Disk) || Disk.HasSpoiledReads:
                _cluster.Statistics.Count(Happening.StoreRefused);
                IsRefused = !Disk.HasSpoiledReads;
                break;
            case OutdatedDataException when HasOldDisk:
                _cluster.Statistics.Count(Happening.OldDiskRefused);
                IsRefused = true;
                break;
            default:
                _cluster.Loop.Fail(exception as SimulationFailureException ?? new SimulationFailureException($"{Name} fails: {exception.Message}", exception));
                break;
        }

        Kill(exception.Message);
    }
}
