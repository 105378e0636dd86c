using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Bayou.Gateway.Connections;

/// <summary>A client's connection as Kestrel accepted it.</summary>
/// <remarks>
/// Input comes from Kestrel's pipe. Output goes straight to the socket where nothing (such as TLS) lies between: the outbound
/// queue has gathered and counted the bytes already, and a second buffer would copy them once more and hide how many wait.
/// </remarks>
internal sealed class KestrelTransport : IConnectionTransport
{
    private readonly ConnectionContext _context;
    private readonly PipeWriter _output;
    private readonly Socket? _socket;

    public KestrelTransport(ConnectionContext context)
    {
        _context = context;
        _output = context.Transport.Output;
        bool isPlain = context.Features.Get<ITlsHandshakeFeature>() is null;
        _socket = isPlain ? context.Features.Get<IConnectionSocketFeature>()?.Socket : null;
    }

    public IPEndPoint? RemoteEndPoint => _context.RemoteEndPoint as IPEndPoint;

    public PipeReader Input => _context.Transport.Input;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_socket is null) return WriteToPipeAsync(bytes);
        ValueTask<int> send;
        try
        {
            send = _socket.SendAsync(bytes, SocketFlags.None);
        }
        catch (ObjectDisposedException e)
        {
            // The caller may be some publisher's read loop, which this is no business of.
            return ValueTask.FromException(e);
        }

        if (!send.IsCompletedSuccessfully) return FinishSendAsync(send, bytes);
        int sent = send.GetAwaiter().GetResult();
        return sent == bytes.Length ? ValueTask.CompletedTask : WriteAsync(bytes[sent..]);
    }

    public void CancelRead() => Input.CancelPendingRead();

    public void Abort() => _context.Abort();

    private async ValueTask FinishSendAsync(ValueTask<int> send, ReadOnlyMemory<byte> bytes)
    {
        int sent = await send;
        if (sent < bytes.Length) await WriteAsync(bytes[sent..]);
    }

    private async ValueTask WriteToPipeAsync(ReadOnlyMemory<byte> bytes)
    {
        FlushResult result = await _output.WriteAsync(bytes);
        if (result.IsCompleted || result.IsCanceled) throw new IOException("The connection takes no more bytes.");
    }
}
