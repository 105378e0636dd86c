using System.Net.Sockets;
using Bayou.Checker;
using Bayou.ClusterTests.Hosting;
using Bayou.Storage;

namespace Bayou.ClusterTests.Chaos;

/// <summary>
/// One run: clients work on a few channels while a fault comes and goes. Then the faults end, and everything that was acknowledged must be
/// there, the same to every reader and on every disk.
/// </summary>
internal sealed class ChaosRun(IChaosTarget target, Fault fault, TimeSpan duration, int seed)
{
    private const int ChannelCount = 3;
    private const int PublishersPerChannel = 2;
    private static readonly TimeSpan SettleBudget = TimeSpan.FromMinutes(2);

    private readonly ChaosHistory _history = new();
    private readonly Random _random = new(seed);
    private readonly List<ChaosPublisher> _publishers = [];
    private readonly List<ChaosSubscriber> _subscribers = [];
    private readonly List<string> _deaths = [];
    private readonly bool[] _isAccepting = new bool[ChannelCount];
    private ChaosPublisher[] _first = [];

    /// <summary>Told what happens, for somebody who watches.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    public async Task<ChaosResult> ExecuteAsync(CancellationToken cancellation = default)
    {
        await using ChaosCluster cluster = await ChaosCluster.StartAsync(target, fault.NeedsDisks, _random);
        try
        {
            foreach (ClusterNode node in cluster.Nodes) _history.Names.AddNode(node.Name);
            string[] channels = [.. Enumerable.Range(1, ChannelCount).Select(static number => $"chaos{number}")];
            foreach (string channel in channels) _history.Names.AddChannel(channel);
            await target.OpenChannelsAsync(cluster.Servers(), channels);
            await StartClientsAsync(cluster, channels);
            int injections = await MistreatAsync(cluster, cancellation);
            TimeSpan recovery = await RecoverAsync(cluster);
            await ReadAsync(cluster, channels);
            return new ChaosResult(_history.Finish(), injections, recovery, cluster.SlowestStart, _deaths, LogsOf(cluster));
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The run could not be finished: {e.Message}\n{LogsOf(cluster)}", e);
        }
        finally
        {
            foreach (ChaosPublisher publisher in _publishers) await publisher.DisposeAsync();
            foreach (ChaosSubscriber subscriber in _subscribers) await subscriber.DisposeAsync();
        }
    }

    private static string LogsOf(ChaosCluster cluster) => string.Join("\n", cluster.Nodes.Select(static node => $"--- {node.Name}\n{node.Log}"));

    private async Task StartClientsAsync(ChaosCluster cluster, string[] channels)
    {
        var first = new List<ChaosPublisher>();
        for (int channel = 0; channel < channels.Length; channel++)
        {
            for (int i = 0; i < PublishersPerChannel; i++)
            {
                string name = $"publisher-{channel}-{i}";
                var publisher = new ChaosPublisher(await target.ConnectAsync(name, cluster.Servers(channel + i)), _history, name, channel);
                _publishers.Add(publisher);
                if (i == 0) first.Add(publisher);
            }

            if (target is not BayouTarget) continue;
            int number = channel;
            _subscribers.Add(await ChaosSubscriber.StartAsync(_history, channel, members: 1, _ => cluster.Servers(number + 1)));
            _subscribers.Add(await ChaosSubscriber.StartAsync(_history, channel, members: 2, member => cluster.Servers(number + member)));
        }

        _first = [.. first];
        foreach (ChaosPublisher publisher in _publishers) publisher.Start();
    }

    private async Task<int> MistreatAsync(ChaosCluster cluster, CancellationToken cancellation)
    {
        int injections = 0;
        TimeSpan end = _history.Now + duration;
        while (_history.Now < end)
        {
            await Task.Delay(_random.Next(500, 2500), cancellation);
            await ReviveAsync(cluster, $"after {injections} injections");
            Func<Task> heal = await fault.BeginAsync(cluster, _random);
            injections++;
            Note($"{_history.Now.TotalSeconds:F1} s: {fault.Name} {injections}");
            await Task.Delay(_random.Next(500, 4000), cancellation);
            await heal();
        }

        return injections;
    }

    /// <summary>Starts nodes that have ended by themselves, as a supervisor would.</summary>
    private async Task ReviveAsync(ChaosCluster cluster, string when)
    {
        foreach (ClusterNode dead in cluster.Nodes.Where(static node => !node.IsRunning)) _deaths.Add($"{dead.Name} {when}");
        await cluster.RestoreAsync();
    }

    /// <summary>The faults are over: every channel must take a publish soon, and the subscriptions get what they miss.</summary>
    private async Task<TimeSpan> RecoverAsync(ChaosCluster cluster)
    {
        await ReviveAsync(cluster, "at the end");
        _history.Add(new HistoryEvent { Kind = EventKind.Healed });
        TimeSpan healed = _history.Now;
        foreach (ChaosPublisher publisher in _publishers) await publisher.StopAsync();
        await Task.WhenAll(_first.Select(AcceptAsync));
        return _history.Now - healed;
    }

    private async Task AcceptAsync(ChaosPublisher publisher, int channel)
    {
        _isAccepting[channel] = await publisher.PublishOneAsync() is not null;
        if (_isAccepting[channel]) _history.Add(new HistoryEvent { Kind = EventKind.Accepted, Channel = channel });
    }

    private async Task ReadAsync(ChaosCluster cluster, string[] channels)
    {
        ulong[] last = new ulong[channels.Length];
        for (int channel = 0; channel < channels.Length; channel++)
        {
            for (int node = 0; node < cluster.Nodes.Count; node++)
            {
                TimeSpan deadline = _history.Now + SettleBudget;
                while (await ReplayAsync(cluster.Nodes[node], channels, channel, last) is { } failure)
                {
                    if (_history.Now > deadline) throw new InvalidOperationException($"Channel {channels[channel]} cannot be read through {cluster.Nodes[node].Name}: {failure.Message}", failure);
                    await ReviveAsync(cluster, "while it was read from");
                }
            }
        }

        await Task.WhenAll(_subscribers.Select((subscriber, i) => subscriber.DrainAsync(last[i / 2])));
        await CompareDisksAsync(cluster, last);
    }

    /// <summary>Reads a channel through a node; what went wrong, if it broke off.</summary>
    private async Task<Exception?> ReplayAsync(ClusterNode node, string[] channels, int channel, ulong[] last)
    {
        int reader = _history.Names.AddNode($"a reader through {node.Name}");
        _history.Add(new HistoryEvent { Kind = EventKind.ReplayStarted, Actor = reader, Channel = channel, IsComplete = true });

        // What was under way when its publisher stopped may still be stored and acknowledged. Behind a message that is published from here on is nothing that
        // this reader must have seen.
        byte[]? marker = _isAccepting[channel] ? await _first[channel].PublishOneAsync() : null;
        Exception? failure = null;
        try
        {
            await target.ReplayAsync(node.Endpoint, channels[channel], marker, (sequence, payload) =>
            {
                last[channel] = Math.Max(last[channel], sequence);
                _history.See(EventKind.Replayed, reader, channel, sequence, payload);
            });
        }
        catch (Exception e) when (e is TimeoutException or IOException or SocketException or InvalidOperationException)
        {
            failure = e;
        }

        _history.Add(new HistoryEvent { Kind = EventKind.ReplayEnded, Actor = reader, Channel = channel, IsBrokenOff = failure is not null });
        return failure;
    }

    /// <summary>Stops the nodes, and compares what each has on its disk. One that was late, or has not found its damage yet, gets another chance while there is time.</summary>
    private async Task CompareDisksAsync(ChaosCluster cluster, ulong[] last)
    {
        TimeSpan deadline = _history.Now + SettleBudget;
        while (true)
        {
            await Task.WhenAll(cluster.Nodes.Select(static node => node.StopAsync()));
            try
            {
                if (ReadDisks(cluster) is not { } disks) return;
                bool isSettled = disks.Count(disk => disk.Content.Last >= last[disk.Channel]) == cluster.Nodes.Count * last.Length;
                if (isSettled || _history.Now > deadline)
                {
                    Tell(disks);
                    return;
                }

                Note($"{_history.Now.TotalSeconds:F1} s: not every replica has everything yet: "
                    + string.Join(", ", disks.Select(disk => $"{cluster.Nodes[disk.Node].Name}/{disk.Channel} {disk.Content.Last} of {last[disk.Channel]}")));
            }
            catch (StorageCorruptException damage) when (_history.Now <= deadline)
            {
                Note($"{_history.Now.TotalSeconds:F1} s: not everything is mended yet: {damage.Message}");
            }

            await cluster.RestoreAsync();
            await Task.WhenAll(cluster.Nodes.Select(target.ScrubAsync));
            for (int channel = 0; channel < last.Length; channel++) await _first[channel].PublishOneAsync();
        }
    }

    /// <summary>What the stopped nodes have of each channel; null where that cannot be read.</summary>
    private List<(int Node, int Channel, StoredChannel Content)>? ReadDisks(ChaosCluster cluster)
    {
        List<(int Node, int Channel, StoredChannel Content)> disks = [];
        for (int node = 0; node < cluster.Nodes.Count; node++)
        {
            if (target.ReadDisk(cluster.Nodes[node]) is not { } stored) return null;
            disks.AddRange(stored.Where(static content => content.Last > 0)
                .Select(content => (node, _history.ChannelOf(content.Messages[0].Payload.Span) ?? -1, content))
                .Where(static disk => disk.Item2 >= 0));
        }

        return disks;
    }

    private void Tell(List<(int Node, int Channel, StoredChannel Content)> disks)
    {
        foreach ((int node, int channel, StoredChannel content) in disks)
        {
            _history.Add(new HistoryEvent { Kind = EventKind.ReplayStarted, Actor = node, Channel = channel, IsComplete = true });
            foreach ((ulong sequence, ReadOnlyMemory<byte> payload) in content.Messages) _history.See(EventKind.Replayed, node, channel, sequence, payload);
            _history.Add(new HistoryEvent { Kind = EventKind.ReplayEnded, Actor = node, Channel = channel });
            _history.Add(new HistoryEvent { Kind = EventKind.Settled, Actor = node, Channel = channel, Sequence = content.Last });
        }
    }
}
