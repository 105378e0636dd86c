using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Bayou.Gateway.Connections;

/// <summary>A connection that this server made, rather than accepted.</summary>
internal sealed class DialedTransport : IConnectionTransport, IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    /// <param name="socket">A connected socket, which belongs to this from here on.</param>
    /// <param name="pool">Memory to read into.</param>
    public DialedTransport(Socket socket, MemoryPool<byte> pool)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        RemoteEndPoint = socket.RemoteEndPoint as IPEndPoint;

        // Without a byte to read no memory is held.
        var options = new StreamPipeReaderOptions(pool, pool.MaxBufferSize, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true);
        Input = PipeReader.Create(_stream, options);
    }

    public IPEndPoint? RemoteEndPoint { get; }

    public PipeReader Input { get; }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAllAsync(bytes);

    public void CancelRead() => Input.CancelPendingRead();

    public void Abort() => _socket.Close(timeout: 0);

    /// <summary>Closes the connection; the other end reads what was written before.</summary>
    public async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await _stream.DisposeAsync();
    }
}
