using System.Text;
using Bayou.Records;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Hosting;
using Bayou.Simulation.Network;
using Bayou.Simulation.Run;
using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Tests.Hosting;

/// <summary>Three silos on a virtual clock, with nobody but a test to disturb them, and one gateway that publishes a message at a time.</summary>
internal sealed class QuietCluster : IDisposable
{
    public const string Channel = "c1";

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly SimulatedCluster _cluster;
    private readonly ulong _origin;
    private ulong _lastNumber;
    private int _target;

    /// <param name="seed">What timing follows from.</param>
    /// <param name="change">Sets the limits of the channel.</param>
    /// <param name="delay">What the network takes beyond the usual.</param>
    public QuietCluster(int seed, Func<WorkloadPlan, WorkloadPlan> change, TimeSpan delay = default)
    {
        var random = new Random(seed);
        var plan = SwarmPlan.Draw(random, []) with
        {
            Silos = ["n1", "n2", "n3"],
            Replicas = 3,
            Channels = [Channel],
            Network = NetworkConditions.Good with { MeanExtraDelay = NetworkConditions.Good.MeanExtraDelay + delay },
        };
        _origin = (ulong)random.NextInt64(1, long.MaxValue);
        _cluster = new SimulatedCluster(
            plan with { Workload = change(plan.Workload with { MaxMessages = 0, MaxAge = TimeSpan.Zero }) }, new HostKind(), random, new Trace());
        _cluster.Network.Conditions = plan.Network;
        foreach (var machine in Machines)
        {
            machine.Start();
        }
    }

    public EventLoop Loop => _cluster.Loop;

    public IReadOnlyList<Machine> Machines => _cluster.Machines;

    /// <summary>Who leads the channel, as far as anybody says so.</summary>
    public Machine? Leader => Machines.FirstOrDefault(machine => machine.Program?.ViewOf(Channel) is { IsLeading: true });

    public void Run(TimeSpan time) => Loop.RunUntil(Loop.Now + time);

    public bool RunUntil(Func<bool> isDone, TimeSpan limit) => Loop.RunUntil(isDone, Loop.Now + limit);

    /// <summary>Publishes a text and waits for its sequence, from whoever leads, under one number for as long as it takes.</summary>
    public ulong Publish(string text)
    {
        var builder = new RecordBatchBuilder();
        builder.Add([], [], [], [], Encoding.UTF8.GetBytes(text));
        var bytes = builder.Build(_origin, ++_lastNumber).ToArray();
        var stored = 0UL;
        void Try() => Machines[_target].Publish(Channel, [.. bytes], reply =>
        {
            stored = reply.FirstSequence;
            if (reply.Outcome != PublishOutcome.Stored)
            {
                var hinted = Machines.ToList().FindIndex(machine => machine.Name == reply.Leader);
                _target = hinted >= 0 ? hinted : (_target + 1) % Machines.Count;
                Loop.Schedule(RetryPause, Try);
            }
        });

        Try();
        return RunUntil(() => stored > 0, TimeSpan.FromMinutes(1))
            ? stored
            : throw new InvalidOperationException($"\"{text}\" was not stored within a minute.");
    }

    /// <summary>The messages of the channel as one silo has them; null if it has no such channel.</summary>
    public List<(ulong Sequence, string Text)>? Read(Machine machine)
    {
        var messages = new List<(ulong, string)>();
        return machine.Program!.TryRead(Channel, (sequence, payload) => messages.Add((sequence, Encoding.UTF8.GetString(payload.Span)))) ? messages : null;
    }

    public void Dispose() => _cluster.Dispose();
}
