using System.Collections.Concurrent;
using System.Net;
using Bayou.Grains.Replication.Peers;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Replication.Links;

/// <summary>
/// The network between silos over TCP. To each peer this silo keeps one connection per lane and sends on it; the peer does the
/// same, so a connection carries frames one way. Addresses are told from outside, as they become known.
/// </summary>
public sealed class PeerLinks : IPeerNetwork, IAsyncDisposable
{
    private readonly LinkOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerLinks> _logger;
    private readonly LinkListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private ReplicaHost? _host;
    private bool _isDisposed;

    /// <summary>Listens from here on. <see cref="IOException"/> if the address is taken.</summary>
    public PeerLinks(LinkOptions options, TimeProvider time, ILogger<PeerLinks> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _listener = new LinkListener(options, (peer, frame) => _host!.Receive(peer, frame), time, logger);
    }

    /// <summary>Where this silo is listening.</summary>
    public IPEndPoint Endpoint => _listener.Endpoint;

    /// <summary>Begins to take calls, for <paramref name="host"/>.</summary>
    public void Start(ReplicaHost host)
    {
        Volatile.Write(ref _host, host);
        _listener.Start();
        foreach (var peer in _peers.Keys)
        {
            host.OnPeerFound(peer);
        }
    }

    /// <summary>A peer is to be found at <paramref name="address"/>, from now on and until another is told. Any thread.</summary>
    public void SetAddress(string peer, EndPoint address)
    {
        var entry = _peers.GetOrAdd(peer, static (name, links) => new Peer(name, links), this);
        entry.Address = address;
        entry.Start();
        Volatile.Read(ref _host)?.OnPeerFound(peer);
    }

    /// <inheritdoc />
    public void Send(string peer, PeerLane lane, ReadOnlyMemory<byte> frame)
    {
        if (_peers.TryGetValue(peer, out var known))
        {
            known.Lanes[(int)lane].Send(frame.Span);
        }
    }

    /// <summary>Hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows them under two names disposes of them twice.
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync();
        await _listener.DisposeAsync();
        await Task.WhenAll(_peers.Values.Select(peer => peer.Running));
        _stopping.Dispose();
    }

    private sealed class Peer
    {
        private readonly PeerLinks _links;
        private readonly Lock _gate = new();
        private EndPoint? _address;
        private readonly PeerPresence _presence = new();

        public Peer(string name, PeerLinks links)
        {
            _links = links;
            Lanes =
            [
                .. Enum.GetValues<PeerLane>().Select(lane =>
                    new LinkLane(name, lane, links._options, () => Address, links._time, begun => OnRefused(name, begun), _presence.OnConnected, links._logger)),
            ];
        }

        public LinkLane[] Lanes { get; }

        public Task Running { get; private set; } = Task.CompletedTask;

        public EndPoint? Address
        {
            get => Volatile.Read(ref _address);
            set => Volatile.Write(ref _address, value);
        }

        public void Start()
        {
            lock (_gate)
            {
                if (Running.IsCompleted)
                {
                    Running = Task.WhenAll(Lanes.Select(lane => Task.Run(() => lane.RunAsync(_links._stopping.Token))));
                }
            }
        }

        private void OnRefused(string name, long begun)
        {
            if (_presence.OnRefused(begun))
            {
                _links._host?.OnLinkDown(name);
            }
        }
    }
}
