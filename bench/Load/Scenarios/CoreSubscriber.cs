using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Scenarios;

/// <summary>Receives everything that is published in a run and checks it.</summary>
public sealed class CoreSubscriber
{
    private readonly NatsConnection _connection;
    private readonly OrderCheck _check;

    public CoreSubscriber(NatsConnection connection, string subject, Workload workload, Gate received)
    {
        _connection = connection;
        _check = new OrderCheck(workload.Publishers, workload.SizeBytes);
        Received = received;
        connection.Subscribe(subject);
        connection.RoundTrip();
    }

    /// <summary>Count of received messages, for publishers that must not run too far ahead.</summary>
    public Gate Received { get; }

    public long Count => _check.Count;

    public void Run()
    {
        while (!_check.IsComplete)
        {
            _connection.Fill();
            while (_connection.TryReceive(out var message))
                _check.Accept(message.Payload);
            Received.Advance(_check.Count);
        }
    }

    /// <summary>Fails if the server sends anything more than it should have. Call when the publishers are done.</summary>
    public void CheckNothingMore() => _connection.RoundTrip();
}
