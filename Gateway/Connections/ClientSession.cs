using System.Buffers;
using System.IO.Pipelines;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>One client from INFO to the last byte: reads, parses, and ends the connection in order.</summary>
internal sealed partial class ClientSession : IDisposable
{
    /// <summary>
    /// What a publisher is held back at most per read, for a receiver that cannot keep up. With ten milliseconds four busy
    /// publishers overran a subscriber that was only short of processor time, and it was closed.
    /// </summary>
    private static readonly TimeSpan StallBudget = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionServices _services;
    private readonly IClientTransport _transport;
    private readonly IOperationParser _parser;
    private readonly LivenessTimer _liveness;
    private readonly long _stallBytes;
    private ClientConnection? _mostPending;
    private long _readMessageCount;
    private long _readBytes;
    private long _neededBytes;

    public ClientSession(ClientConnection connection, IClientTransport transport, ConnectionServices services)
    {
        Connection = connection;
        _transport = transport;
        _services = services;
        _parser = CreateParser();
        _stallBytes = services.Options.MaxPendingBytes / 4 * 3;
        _liveness = new LivenessTimer(connection, services.Options, services.Time);
        IsAuthenticated = !services.Authenticator.IsRequired;
    }

    public ClientConnection Connection { get; }

    public bool IsAuthenticated { get; private set; }

    /// <summary>Serves the client until it or the server ends the connection.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> infoLine)
    {
        Task writing = WriteAsync();
        bool isAdmitted = _services.Registry.TryAdd(Connection, Math.Max(0, _services.Options.MaxConnections));
        Connection.Dispatcher.Append(Connection, infoLine.Span);
        Connection.Dispatcher.Flush();
        LogConnected(_services.Logger, Connection);
        if (isAdmitted)
        {
            _liveness.Start(awaitConnect: !IsAuthenticated);
            await ReadAsync();
        }
        else
        {
            Connection.Fail(ProtocolError.MaxConnectionsExceeded);
        }

        _liveness.Dispose();
        await EndAsync(writing);
    }

    public void Dispose() => _liveness.Dispose();

    public bool TryAuthenticate(ConnectOptions options)
    {
        IsAuthenticated = _services.Authenticator.Accepts(options);
        if (IsAuthenticated) _liveness.OnConnected();
        return IsAuthenticated;
    }

    public void OnPong() => _liveness.OnPong();

    public ProtocolError CheckSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> sid)
    {
        GatewayOptions options = _services.Options;
        if (options.MaxSubscriptions > 0 && Connection.Subscriptions.Count >= options.MaxSubscriptions) return ProtocolError.MaxSubscriptionsExceeded;
        bool isTooDeep = options.MaxSubscriptionTokens > 0 && SubjectRules.CountTokens(subject) > options.MaxSubscriptionTokens;
        if (isTooDeep) return ProtocolError.TooManyTokens;
        return SubjectRules.IsValid(subject) || Connection.Subscriptions.Contains(sid) ? ProtocolError.None : ProtocolError.InvalidSubject;
    }

    public void CountPublish(int bytes)
    {
        _readMessageCount++;
        _readBytes += bytes;
    }

    /// <summary>Remembers a receiver that is falling behind, to be waited for when the read is over.</summary>
    public void Watch(ClientConnection? receiver)
    {
        if (receiver is not null && receiver.PendingBytes > _stallBytes && !ReferenceEquals(receiver, Connection)) _mostPending = receiver;
    }

    /// <summary>Tells the requester that nobody took its request, if one of its own subscriptions takes the reply.</summary>
    public void SendNoResponders(ReadOnlySpan<byte> replyTo)
    {
        foreach (ClientSubscription subscription in Connection.Dispatcher.Match(replyTo).Plain)
        {
            if (!ReferenceEquals(subscription.Connection, Connection)) continue;
            ReadOnlySpan<byte> block = ServerWriter.NoResponders;
            Connection.Dispatcher.Append(Connection, [.. "HMSG "u8, .. replyTo, (byte)' ', .. subscription.Sid, .. " 16 16\r\n"u8, .. block, .. "\r\n"u8]);
            return;
        }
    }

    private IOperationParser CreateParser()
    {
        var commands = new ClientCommands(this);
        return Connection.Trace is { } trace
            ? new ClientOperationParser<TracingCommands>(_services.Options, new TracingCommands(commands, trace))
            : new ClientOperationParser<ClientCommands>(_services.Options, commands);
    }

    private async Task ReadAsync()
    {
        PipeReader input = _transport.Input;
        try
        {
            while (!Connection.IsClosed)
            {
                ReadResult result = await input.ReadAsync();
                ReadOnlySequence<byte> buffer = result.Buffer;
                bool goesOn = !Connection.IsClosed && ProcessRead(ref buffer);
                input.AdvanceTo(buffer.Start, buffer.End);
                if (!goesOn) return;
                if (result.IsCompleted)
                {
                    Connection.NoteReason(ClosedReason.ClientClosed);
                    return;
                }

                if (_mostPending is not null) await StallAsync();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer reset the connection, or this server aborted it.
            Connection.NoteReason(ClosedReason.ReadError);
        }
        catch (Exception e)
        {
            // A defect of this server must not leave a connection in the books that nobody reads any more.
            LogReadFailed(_services.Logger, Connection, e);
            Connection.NoteReason(ClosedReason.InternalError);
        }
    }

    /// <summary>Handles what arrived together. False when the connection is to end.</summary>
    private bool ProcessRead(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < _neededBytes) return true;
        _neededBytes = 0;
        ProtocolError error;
        try
        {
            error = ParseRead(ref buffer);
        }
        finally
        {
            CompleteRead();
        }

        if (error == ProtocolError.None) return true;
        LogProtocolError(_services.Logger, Connection, error);
        Connection.Fail(error);
        return false;
    }

    private ProtocolError ParseRead(ref ReadOnlySequence<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            ParseStatus status = _parser.Parse(buffer.FirstSpan, out int consumed, out int needed, out ProtocolError error);
            buffer = buffer.Slice(consumed);
            if (status == ParseStatus.ProtocolError) return error;
            if (status == ParseStatus.Complete) continue;
            if (buffer.IsSingleSegment || buffer.Length < needed)
            {
                _neededBytes = needed;
                break;
            }

            status = ParseStraddling(ref buffer, needed, out error);
            if (status == ParseStatus.ProtocolError) return error;
            if (status == ParseStatus.NeedMoreData) break;
        }

        return ProtocolError.None;
    }

    /// <summary>
    /// Copies an operation that lies across segments together, with as much behind it as it takes to see its end.
    /// </summary>
    private ParseStatus ParseStraddling(ref ReadOnlySequence<byte> buffer, int needed, out ProtocolError error)
    {
        const int Step = 1024;
        for (long window = Math.Max(needed, buffer.FirstSpan.Length + Step); ; window += window)
        {
            int length = (int)Math.Min(window, buffer.Length);
            byte[] scratch = ArrayPool<byte>.Shared.Rent(length);
            buffer.Slice(0, length).CopyTo(scratch);
            ParseStatus status = _parser.Parse(scratch.AsSpan(0, length), out int consumed, out needed, out error);
            ArrayPool<byte>.Shared.Return(scratch);
            buffer = buffer.Slice(consumed);
            if (status == ParseStatus.ProtocolError) return status;
            if (consumed > 0) return ParseStatus.Complete;
            if (length == buffer.Length || needed > buffer.Length)
            {
                _neededBytes = needed;
                return ParseStatus.NeedMoreData;
            }
        }
    }

    private void CompleteRead()
    {
        ConnectionStatistics statistics = Connection.Statistics;
        statistics.InMessageCount += _readMessageCount;
        statistics.InBytes += _readBytes;
        statistics.LastActivity = _services.Time.GetUtcNow();
        _readMessageCount = 0;
        _readBytes = 0;
        Connection.Dispatcher.CompleteRead(Connection);
        Connection.Dispatcher.Flush();
    }

    private async Task StallAsync()
    {
        ClientConnection receiver = _mostPending!;
        _mostPending = null;
        using var budget = new CancellationTokenSource(StallBudget, _services.Time);
        Task drained = receiver.WaitUntilDrainedAsync(_stallBytes, budget.Token).AsTask();
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAsync()
    {
        try
        {
            await Connection.Outbound.RunAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Connection.Close(ClosedReason.WriteError);
        }
    }

    /// <summary>Ends in the order that others rely on: no more deliveries, the last bytes written, then gone from the books.</summary>
    private async Task EndAsync(Task writing)
    {
        ClosedReason reason = Connection.ClosedReason ?? ClosedReason.ClientClosed;
        if (reason is ClosedReason.SlowConsumerPendingBytes or ClosedReason.SlowConsumerWriteDeadline) LogSlowConsumer(_services.Logger, Connection, ClosedReasons.Text(reason));
        LogClosed(_services.Logger, Connection, ClosedReasons.Text(reason));
        string[] subjects = [.. Connection.Subscriptions.Snapshot().Select(static one => System.Text.Encoding.UTF8.GetString(one.Subject))];
        Connection.OnEnded();

        using var budget = new CancellationTokenSource(_services.Options.WriteDeadline, _services.Time);
        await Connection.Outbound.WaitUntilDrainedAsync(1, budget.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Connection.Outbound.Dispose();
        await writing;

        Connection.Statistics.Stop = _services.Time.GetUtcNow();
        _services.Registry.Remove(Connection, new ClosedConnection(
            Connection.Id, _transport.RemoteEndPoint, Connection.Options, Connection.Statistics, ConnectionTotals.Of(Connection), subjects, reason));
    }
}
