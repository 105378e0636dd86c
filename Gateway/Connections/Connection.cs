using System.Net;
using System.Net.Sockets;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>One TCP connection, as the rest of the server sees it: a client, or the route to another server.</summary>
/// <remarks>
/// It ends in one of two ways. <see cref="Close"/> is for peers that cannot or must not get another byte: what is pending is
/// dropped and the socket aborted. <see cref="CloseAfterFlush"/> says goodbye: the reason is noted, the read loop stops, and the
/// loop's owner writes what is pending before it closes. The first reason given is the one that is remembered.
/// </remarks>
public abstract class Connection
{
    private const int StillOpen = -1;

    private readonly Lock _gate = new();
    private readonly IConnectionTransport _transport;
    private List<Action<Connection>>? _closedCallbacks = [];
    private int _closedReason = StillOpen;

    private protected Connection(
        ConnectionId id, IConnectionTransport transport, OutboundQueue outbound, SubjectRouter router, ConnectionStatistics statistics)
    {
        Id = id;
        _transport = transport;
        Outbound = outbound;
        Statistics = statistics;
        Dispatcher = router.CreateDispatcher();
    }

    /// <summary>Its number, unique in this process.</summary>
    public ConnectionId Id { get; }

    /// <summary>A slot that the streaming side owns; null until it sets it.</summary>
    public object? StreamingState { get; set; }

    /// <summary>Bytes that wait to be written to the peer.</summary>
    public long PendingBytes => Outbound.PendingBytes;

    /// <summary>Whether it has ended or is about to.</summary>
    public bool IsClosed => Volatile.Read(ref _closedReason) != StillOpen;

    /// <summary>Why it ended; null while it is open.</summary>
    public ClosedReason? ClosedReason => Volatile.Read(ref _closedReason) is var reason && reason == StillOpen ? null : (ClosedReason)reason;

    /// <summary>The peer's address.</summary>
    public IPEndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>Shows what goes in and out; null where nobody asked for it.</summary>
    internal ProtocolTrace? Trace { get; set; }

    internal OutboundQueue Outbound { get; }

    internal MessageDispatcher Dispatcher { get; }

    internal ConnectionStatistics Statistics { get; }

    /// <summary>Completes when fewer than <paramref name="belowBytes"/> bytes are pending, or the connection is closed.</summary>
    public ValueTask WaitUntilDrainedAsync(long belowBytes, CancellationToken cancellationToken) =>
        PendingBytes < belowBytes ? ValueTask.CompletedTask : new ValueTask(Outbound.WaitUntilDrainedAsync(belowBytes, cancellationToken));

    /// <summary>
    /// Has a callback called once when the connection has ended and its subscriptions are gone; at once if that is so already.
    /// It must neither block nor throw.
    /// </summary>
    public void RegisterClosed(Action<Connection> callback)
    {
        lock (_gate)
        {
            if (_closedCallbacks is not null)
            {
                _closedCallbacks.Add(callback);
                return;
            }
        }

        callback(this);
    }

    /// <summary>Ends the connection at once, without another byte. Any thread.</summary>
    public void Close(ClosedReason reason)
    {
        NoteReason(reason);
        Outbound.Close();
        _transport.Abort();
    }

    /// <summary>Ends the connection when what is pending has been written. Any thread.</summary>
    internal void CloseAfterFlush(ClosedReason reason)
    {
        if (NoteReason(reason)) _transport.CancelRead();
    }

    /// <summary>Sends a control line at once. Any thread.</summary>
    internal void Send(ReadOnlySpan<byte> line)
    {
        Trace?.OnSent(line);
        if (Outbound.Append(line) == AppendResult.FlushOwed) Outbound.Flush();
    }

    /// <summary>Sends an error's line, and closes the connection if the error does.</summary>
    internal void Fail(ProtocolError error)
    {
        ReadOnlySpan<byte> line = ProtocolErrors.Line(error);
        if (!line.IsEmpty) Send(line);
        if (ProtocolErrors.Closes(error) is { } reason) CloseAfterFlush(reason);
    }

    /// <summary>Notes why it ends, if no reason was noted before.</summary>
    internal bool NoteReason(ClosedReason reason) => Interlocked.CompareExchange(ref _closedReason, (int)reason, StillOpen) == StillOpen;

    /// <summary>Writes what publishers could not write at once, until the connection ends.</summary>
    internal async Task RunWriterAsync()
    {
        try
        {
            await Outbound.RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Close(Connections.ClosedReason.WriteError);
        }
    }

    /// <summary>
    /// Ends in the order that others rely on: no more deliveries, then the last bytes written, within the budget. Called once by the
    /// owner of the read loop, after the last read.
    /// </summary>
    internal async Task EndAsync(Task writing, TimeSpan budget, TimeProvider time)
    {
        OnEnded();
        using var patience = new CancellationTokenSource(budget, time);
        await Outbound.WaitUntilDrainedAsync(1, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Outbound.Dispose();
        await writing;
        Statistics.Stop = time.GetUtcNow();
    }

    /// <summary>Ends deliveries, and tells whoever wants to know.</summary>
    internal void OnEnded()
    {
        EndInterest();
        List<Action<Connection>>? callbacks;
        lock (_gate) (callbacks, _closedCallbacks) = (_closedCallbacks, null);
        foreach (Action<Connection> callback in callbacks ?? []) callback(this);
    }

    /// <summary>Takes back everything that this connection subscribed to.</summary>
    private protected abstract void EndInterest();
}
