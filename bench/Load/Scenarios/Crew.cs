using System.Runtime.ExceptionServices;
using Bayou.Load.Nats;

namespace Bayou.Load.Scenarios;

/// <summary>
/// The threads of one run and the connections they use. When one of them fails, the connections are closed and the gates
/// aborted, so that the others end too, and the first failure is the one that is reported.
/// </summary>
public sealed class Crew(ServerUrl server, TimeSpan patience) : IDisposable
{
    private readonly List<NatsConnection> _connections = [];
    private readonly List<Gate> _gates = [];
    private readonly List<Thread> _threads = [];
    private readonly Lock _failing = new();
    private Exception? _failure;

    public NatsConnection Connect(string name)
    {
        var connection = NatsConnection.Open(server, name, patience);
        _connections.Add(connection);
        return connection;
    }

    public Gate CreateGate()
    {
        var gate = new Gate(patience);
        _gates.Add(gate);
        return gate;
    }

    /// <summary>Adds a thread; it starts with <see cref="Run"/>.</summary>
    public void Add(Action work) => _threads.Add(new Thread(() => Guard(work)) { IsBackground = true });

    /// <summary>Starts the threads that were added and waits until all have ended.</summary>
    public void Run()
    {
        foreach (var thread in _threads)
            thread.Start();
        foreach (var thread in _threads)
            thread.Join();
        _threads.Clear();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        lock (_failing)
        {
            if (_failure is not null)
                return;
            _failure = exception;
        }

        _connections.ForEach(connection => connection.Dispose());
        _gates.ForEach(gate => gate.Abort());
    }
}
