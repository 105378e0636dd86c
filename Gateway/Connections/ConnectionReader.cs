using System.Buffers;
using System.IO.Pipelines;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>The read loop of one connection: reads, has the input parsed, and lets everything that a read caused take effect together.</summary>
internal sealed partial class ConnectionReader
{
    /// <summary>
    /// What a publisher is held back at most per read, for a receiver that cannot keep up. With ten milliseconds four busy
    /// publishers overran a subscriber that was only short of processor time, and it was closed.
    /// </summary>
    private static readonly TimeSpan StallBudget = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// What a connection may read at most before it lets other sockets have the thread that hears of bytes: few enough to be done in
    /// a moment, and so many that the change of thread costs nothing beside them.
    /// </summary>
    private const int BytesPerTurn = 16 << 10;
    private const int ReadsPerTurn = 64;

    private readonly Connection _connection;
    private readonly IConnectionTransport _transport;
    private readonly ConnectionServices _services;
    private readonly OperationReader _operations;
    private readonly long _stallBytes;
    private Connection? _mostPending;
    private long _readMessageCount;
    private long _readBytes;
    private int _readsOfTurn;
    private Task? _suspension;

    public ConnectionReader(Connection connection, IConnectionTransport transport, IOperationParser parser, ConnectionServices services)
    {
        _connection = connection;
        _transport = transport;
        _services = services;
        _operations = new OperationReader(parser);
        _stallBytes = services.Options.MaxPendingBytes / 4 * 3;
    }

    /// <summary>Counts a message that arrived.</summary>
    public void CountMessage(int bytes)
    {
        _readMessageCount++;
        _readBytes += bytes;
    }

    /// <summary>Remembers a receiver that is falling behind, to be waited for when the read is over.</summary>
    public void Watch(Connection? receiver)
    {
        if (receiver is not null && receiver.PendingBytes > _stallBytes && !ReferenceEquals(receiver, _connection)) _mostPending = receiver;
    }

    /// <summary>Has what came after the current operation wait for something, and the operation offered again then.</summary>
    public void Suspend(Task until) => _suspension = until;

    /// <summary>Reads until the peer or this server ends the connection.</summary>
    public async Task RunAsync()
    {
        PipeReader input = _transport.Input;
        try
        {
            while (!_connection.IsClosed)
            {
                ReadResult result = await input.ReadAsync();
                ReadOnlySequence<byte> buffer = result.Buffer;
                if (IsTurnOver(buffer.Length)) await Task.Yield();
                bool goesOn = !_connection.IsClosed && ProcessRead(ref buffer);
                while (goesOn && _suspension is { } suspension)
                {
                    _suspension = null;
                    await suspension;
                    goesOn = !_connection.IsClosed && ProcessRead(ref buffer);
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (!goesOn) return;
                if (result.IsCompleted)
                {
                    _connection.NoteReason(ClosedReason.ClientClosed);
                    return;
                }

                if (_mostPending is not null) await StallAsync();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer reset the connection, or this server aborted it.
            _connection.NoteReason(ClosedReason.ReadError);
        }
        catch (Exception e)
        {
            // A defect of this server must not leave a connection in the books that nobody reads any more.
            LogReadFailed(_services.Logger, _connection, e);
            _connection.NoteReason(ClosedReason.InternalError);
        }
    }

    /// <summary>Whether to go on in a thread of the pool. It comes back with the next read that has to wait for its bytes.</summary>
    private bool IsTurnOver(long bytes)
    {
        if (Thread.CurrentThread.IsThreadPoolThread) return false;
        if (bytes <= BytesPerTurn && ++_readsOfTurn < ReadsPerTurn) return false;
        _readsOfTurn = 0;
        return true;
    }

    /// <summary>Handles what arrived together. False when the connection is to end.</summary>
    private bool ProcessRead(ref ReadOnlySequence<byte> buffer)
    {
        ProtocolError error;
        try
        {
            error = _operations.Read(ref buffer);
        }
        finally
        {
            CompleteRead();
        }

        if (error is ProtocolError.None or ProtocolError.Undecided) return true;
        if (error == ProtocolError.Rejected) return false;
        LogProtocolError(_services.Logger, _connection, error);
        _connection.Fail(error);
        return false;
    }

    private void CompleteRead()
    {
        ConnectionStatistics statistics = _connection.Statistics;
        statistics.InMessageCount += _readMessageCount;
        statistics.InBytes += _readBytes;
        statistics.LastActivity = _services.Time.GetUtcNow();
        _readMessageCount = 0;
        _readBytes = 0;
        _connection.Dispatcher.CompleteRead(_connection);
        _connection.Dispatcher.Flush();
    }

    private async Task StallAsync()
    {
        Connection receiver = _mostPending!;
        _mostPending = null;
        using var budget = new CancellationTokenSource(StallBudget, _services.Time);
        Task drained = receiver.WaitUntilDrainedAsync(_stallBytes, budget.Token).AsTask();
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
