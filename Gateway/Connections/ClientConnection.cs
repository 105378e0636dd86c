using System.Net;
using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>One client's TCP connection, as the rest of the server sees it.</summary>
/// <remarks>
/// It ends in one of two ways. <see cref="Close"/> is for clients that cannot or must not get another byte: what is pending is
/// dropped and the socket aborted. <see cref="CloseAfterFlush"/> says goodbye: the reason is noted, the read loop stops, and the
/// loop's owner writes what is pending before it closes. The first reason given is the one that is remembered.
/// </remarks>
public sealed class ClientConnection
{
    private const int StillOpen = -1;

    private readonly Lock _gate = new();
    private readonly IClientTransport _transport;
    private List<Action<ClientConnection>>? _closedCallbacks = [];
    private int _closedReason = StillOpen;

    internal ClientConnection(
        ConnectionId id, IClientTransport transport, OutboundQueue outbound, SubjectRouter router, ConnectionStatistics statistics)
    {
        Id = id;
        _transport = transport;
        Outbound = outbound;
        Statistics = statistics;
        Subscriptions = new ClientSubscriptions(router.Tree);
        Dispatcher = router.CreateDispatcher();
    }

    /// <summary>Its number, unique in this process.</summary>
    public ConnectionId Id { get; }

    /// <summary>A slot that the streaming side owns; null until it sets it.</summary>
    public object? StreamingState { get; set; }

    /// <summary>Bytes that wait to be written to this client.</summary>
    public long PendingBytes => Outbound.PendingBytes;

    /// <summary>Whether it has ended or is about to.</summary>
    public bool IsClosed => Volatile.Read(ref _closedReason) != StillOpen;

    /// <summary>Why it ended; null while it is open.</summary>
    public ClosedReason? ClosedReason => Volatile.Read(ref _closedReason) is var reason && reason == StillOpen ? null : (ClosedReason)reason;

    /// <summary>The client's address.</summary>
    public IPEndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>The name that the client gave itself in CONNECT; null where it gave none.</summary>
    public string? ClientName => Options.Name;

    /// <summary>Shows what goes in and out; null where nobody asked for it.</summary>
    internal ProtocolTrace? Trace { get; set; }

    internal ConnectOptions Options { get; set; } = new();

    internal OutboundQueue Outbound { get; }

    internal ClientSubscriptions Subscriptions { get; }

    internal MessageDispatcher Dispatcher { get; }

    internal ConnectionStatistics Statistics { get; }

    /// <summary>How log lines name it: its address and number, and what the client said about itself.</summary>
    public override string ToString()
    {
        string version = string.IsNullOrEmpty(Options.Version) ? "" : "v" + Options.Version;
        string description = string.Join(':', new[] { version, Options.Language, Options.Name }.Where(static part => !string.IsNullOrEmpty(part)));
        string address = $"{RemoteEndPoint} - cid:{Id}";
        return description.Length == 0 ? address : $"{address} - {GoQuote.Quote(Encoding.UTF8.GetBytes(description))}";
    }

    /// <summary>Completes when fewer than <paramref name="belowBytes"/> bytes are pending, or the connection is closed.</summary>
    public ValueTask WaitUntilDrainedAsync(long belowBytes, CancellationToken cancellationToken) =>
        PendingBytes < belowBytes ? ValueTask.CompletedTask : new ValueTask(Outbound.WaitUntilDrainedAsync(belowBytes, cancellationToken));

    /// <summary>
    /// Has a callback called once when the connection has ended and its subscriptions are gone; at once if that is so already.
    /// It must neither block nor throw.
    /// </summary>
    public void RegisterClosed(Action<ClientConnection> callback)
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

    /// <summary>Called once by the read loop's owner, after the last read.</summary>
    internal void OnEnded()
    {
        Subscriptions.Close();
        List<Action<ClientConnection>>? callbacks;
        lock (_gate) (callbacks, _closedCallbacks) = (_closedCallbacks, null);
        foreach (Action<ClientConnection> callback in callbacks ?? []) callback(this);
    }
}
