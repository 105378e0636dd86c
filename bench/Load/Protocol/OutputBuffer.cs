using Bayou.Load.Nats;

namespace Bayou.Load.Protocol;

/// <summary>
/// Collects protocol operations of one thread and sends them in few large writes.
/// Several buffers may share a connection, because each sends whole operations only.
/// </summary>
public sealed class OutputBuffer(NatsConnection connection, int batchBytes = OutputBuffer.DefaultBatchBytes)
{
    /// <summary>64 KiB: as much as a server reads at once.</summary>
    public const int DefaultBatchBytes = 64 * 1024;

    private byte[] _bytes = new byte[batchBytes];
    private int _count;

    /// <summary>Room for one operation of exactly <paramref name="count"/> bytes; what is collected is sent first if the batch would get too large.</summary>
    public Span<byte> Take(int count)
    {
        if (_count + count > batchBytes)
            Flush();
        if (count > _bytes.Length)
            _bytes = new byte[count];
        var span = _bytes.AsSpan(_count, count);
        _count += count;
        return span;
    }

    public void Write(ReadOnlySpan<byte> operation) => operation.CopyTo(Take(operation.Length));

    /// <summary>Sends what is collected. Blocks while the server does not read.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        connection.Send(_bytes.AsSpan(0, _count));
        _count = 0;
    }
}
