using Bayou.Checker;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Workload;

/// <summary>A gateway with its clients. It never fails; the silos behind it do.</summary>
internal sealed class SimulatedGateway
{
    private readonly RunServices _services;
    private readonly List<SimulatedConnection> _connections = [];
    private readonly List<SimulatedPublisher> _publishers = [];

    public SimulatedGateway(string name, int connections, RunServices services, Random random)
    {
        _services = services;

        // Random as in a server, and never 0, which stands for nobody.
        var origin = (ulong)random.NextInt64(1, long.MaxValue);
        for (var i = 0; i < connections; i++)
        {
            var number = services.History.OpenConnection($"{name}.{i + 1}-");
            _connections.Add(new SimulatedConnection(this, number, services, new Random(random.Next())));
        }

        for (var channel = 0; channel < services.Plan.Channels.Count; channel++)
        {
            _publishers.Add(new SimulatedPublisher(name, origin, channel, services, new Random(random.Next())));
        }
    }

    /// <summary>Nothing waits for an answer.</summary>
    public bool IsIdle => _publishers.TrueForAll(static publisher => publisher.IsIdle);

    public void Start() => _connections.ForEach(static connection => connection.Start());

    public void Stop() => _connections.ForEach(static connection => connection.Stop());

    /// <summary>Publishes one message to a channel, and another for each that is given up, until one is stored or it is too late.</summary>
    public void Probe(int channel, TimeSpan until, Action onStored)
    {
        _publishers[channel].Finished = kind =>
        {
            if (kind == EventKind.Acknowledged)
            {
                onStored();
            }
            else if (_services.Loop.Now < until)
            {
                Publish(_connections[0], channel);
            }
        };
        Publish(_connections[0], channel);
        Flush(channel);
    }

    public void Publish(SimulatedConnection connection, int channel)
    {
        var payload = Array.Empty<byte>();
        var value = _services.History.Publish(connection.Number, channel, _services.Loop.Now, value =>
        {
            payload = Payload.Of(value, _services.Plan.Workload.MaxPayloadBytes);
            return Payload.HashOf(payload);
        });
        _publishers[channel].Add(connection, value, payload);
    }

    public void Flush(int channel) => _publishers[channel].Send();
}
