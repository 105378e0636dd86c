using System.Buffers.Binary;
using System.Threading.Channels;

namespace Bayou.Grains.Replication.Links;

/// <summary>
/// Frames that wait to be written to one lane: any thread adds, one takes everything at once. Two buffers change places, so what
/// gathers while one is written goes out with a single call, and nothing is allocated per frame.
/// </summary>
internal sealed class OutboundFrames(int maxBytes)
{
    /// <summary>A buffer that grew beyond this in a busy moment is not kept.</summary>
    private const int KeptBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _filled = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private byte[] _filling = [];
    private byte[] _writing = [];
    private int _length;

    /// <summary>False if too much waits already: the frame is dropped.</summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            var needed = (long)_length + sizeof(uint) + frame.Length;
            if (needed > maxBytes && _length > 0)
            {
                return false;
            }

            Reserve(checked((int)needed));
            BinaryPrimitives.WriteUInt32LittleEndian(_filling.AsSpan(_length), (uint)frame.Length);
            frame.CopyTo(_filling.AsSpan(_length + sizeof(uint)));
            _length = (int)needed;
            _filled.Writer.TryWrite(true);
            return true;
        }
    }

    /// <summary>Waits until there is something and takes it all; valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _filled.Reader.ReadAsync(cancellation);
            lock (_gate)
            {
                if (_length == 0)
                {
                    continue;
                }

                (_filling, _writing) = (_writing.Length <= KeptBytes ? _writing : [], _filling);
                var taken = _writing.AsMemory(0, _length);
                _length = 0;
                return taken;
            }
        }
    }

    /// <summary>Forgets what waits: it was meant for a connection that is gone.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _length = 0;
        }
    }

    private void Reserve(int bytes)
    {
        if (_filling.Length < bytes)
        {
            Array.Resize(ref _filling, Math.Max(bytes, Math.Max(4096, _filling.Length * 2)));
        }
    }
}
