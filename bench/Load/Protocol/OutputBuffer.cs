using Bayou.Load.Nats;

namespace Bayou.Load.Protocol;

/// <summary>
/// Collects protocol operations of one thread and sends them in few large writes.
/// Several buffers may share a connection, because each sends whole operations only.
/// </summary>
public sealed class OutputBuffer(NatsConnection connection, int capacity = OutputBuffer.DefaultCapacity)
{
    /// <summary>64 KiB: as much as a server reads at once.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private readonly byte[] _bytes = new byte[capacity];
    private int _count;

    /// <summary>Room for one operation of exactly <paramref name="count"/> bytes; what is collected is sent first if it would not fit.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - _count < count)
            Flush();
        if (count > _bytes.Length)
            throw new LoadException($"An operation of {count} bytes does not fit the output buffer of {_bytes.Length} bytes.");
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
