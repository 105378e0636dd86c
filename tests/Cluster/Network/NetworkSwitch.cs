using System.Diagnostics;
using System.Net;
using Bayou.ClusterTests.Hosting;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Network;

/// <summary>
/// A network of namespaces and this process, joined by a switch that runs here: it passes Ethernet frames from port to port, and
/// loses or delays them between whom it is told to.
/// </summary>
internal sealed class NetworkSwitch : IAsyncDisposable
{
    private const int MaxFrameBytes = 2048;

    /// <summary>Ports of a switch; the last byte of an address, in either sense, is a port's number.</summary>
    private const int MaxPorts = 16;

    private readonly List<TapDevice> _ports = [];
    private readonly bool[,] _cut = new bool[MaxPorts, MaxPorts];
    private readonly PriorityQueue<(int Port, byte[] Frame), long> _delayed = new();
    private readonly Random _random;
    private readonly string _network;
    private volatile int _delayMilliseconds;
    private volatile int _jitterMilliseconds;
    private volatile int _lossPercent;
    private volatile bool _isDisposed;

    /// <summary>A switch with one port, which is this process' own.</summary>
    private NetworkSwitch(Random random)
    {
        _random = random;
        int id = Environment.ProcessId;
        _network = $"10.{200 + (id % 50)}.{id / 50 % 250}";
    }

    /// <summary>The number of this process' port.</summary>
    public static int Own => 0;

    public static async Task<NetworkSwitch> StartAsync(Random random)
    {
        var made = new NetworkSwitch(random);
        await made.AddAsync([]);
        new Thread(made.DeliverDelayed) { IsBackground = true, Name = "delayed frames" }.Start();
        return made;
    }

    public IPAddress AddressOf(int port) => IPAddress.Parse($"{_network}.{port + 1}");

    /// <summary>Connects a namespace; returns the number of its port.</summary>
    public Task<int> ConnectAsync(NetworkNamespace space) => AddAsync(space.Wrapper, space.Name);

    /// <summary>Loses everything that one port sends to another.</summary>
    public void Cut(int from, int to) => Volatile.Write(ref _cut[from, to], true);

    /// <summary>Loses some frames and keeps the others back, between all ports but this process' own.</summary>
    public void Disturb(TimeSpan delay, TimeSpan jitter, int lossPercent)
    {
        _delayMilliseconds = (int)delay.TotalMilliseconds;
        _jitterMilliseconds = (int)jitter.TotalMilliseconds;
        _lossPercent = lossPercent;
    }

    /// <summary>Everything arrives again, at once.</summary>
    public void Heal()
    {
        Array.Clear(_cut);
        Disturb(TimeSpan.Zero, TimeSpan.Zero, 0);
    }

    /// <summary>Takes this process' own interface away, as the namespaces do with theirs, which ends the reading from it.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        lock (_delayed) Monitor.PulseAll(_delayed);
        await Programs.RunAsync(["ip", "link", "del", _ports[Own].Name]);
        foreach (TapDevice port in _ports) port.Dispose();
    }

    private async Task<int> AddAsync(IReadOnlyList<string> inside, string? space = null)
    {
        int number = _ports.Count;
        var device = new TapDevice($"by{Environment.ProcessId % 1_000_000}p{number}");
        _ports.Add(device);
        await Programs.RunAsync(["ip", "link", "set", device.Name, "address", $"02:00:00:00:00:{number + 1:x2}"]);
        if (space is not null) await Programs.RunAsync(["ip", "link", "set", device.Name, "netns", space]);
        await Programs.RunAsync([.. inside, "ip", "address", "add", $"{AddressOf(number)}/24", "dev", device.Name]);
        await Programs.RunAsync([.. inside, "ip", "link", "set", device.Name, "up"]);
        new Thread(() => Forward(number)) { IsBackground = true, Name = $"port {number}" }.Start();
        return number;
    }

    private void Forward(int from)
    {
        byte[] buffer = new byte[MaxFrameBytes];
        try
        {
            while (!_isDisposed)
            {
                ReadOnlySpan<byte> frame = buffer.AsSpan(0, _ports[from].Read(buffer));
                if (frame.Length < 6) continue;
                bool isForAll = (frame[0] & 1) != 0;
                for (int to = 0; to < _ports.Count; to++)
                {
                    if (to != from && (isForAll || frame[5] == to + 1)) Pass(from, to, frame);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The switch is going away, or the namespace at the other end has.
        }
    }

    private void Pass(int from, int to, ReadOnlySpan<byte> frame)
    {
        if (Volatile.Read(ref _cut[from, to])) return;
        if (from == Own || to == Own || (_delayMilliseconds == 0 && _lossPercent == 0))
        {
            Deliver(to, frame);
            return;
        }

        lock (_delayed)
        {
            if (_random.Next(100) < _lossPercent) return;
            int delay = Math.Max(0, _delayMilliseconds + _random.Next(-_jitterMilliseconds, _jitterMilliseconds + 1));
            _delayed.Enqueue((to, frame.ToArray()), Stopwatch.GetTimestamp() + (delay * Stopwatch.Frequency / 1000));
            Monitor.Pulse(_delayed);
        }
    }

    private void DeliverDelayed()
    {
        while (!_isDisposed)
        {
            (int Port, byte[] Frame) due;
            lock (_delayed)
            {
                if (!_delayed.TryPeek(out due, out long time))
                {
                    Monitor.Wait(_delayed);
                    continue;
                }

                long wait = (time - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
                if (wait > 0)
                {
                    Monitor.Wait(_delayed, (int)wait);
                    continue;
                }

                _delayed.Dequeue();
            }

            Deliver(due.Port, due.Frame);
        }
    }

    private void Deliver(int to, ReadOnlySpan<byte> frame)
    {
        try
        {
            _ports[to].Write(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody takes it: lost, as on any network.
        }
    }
}
