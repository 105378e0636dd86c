using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Bayou.Gateway.Connections;

/// <summary>
/// The memory that sockets read into, in blocks large enough that one read takes what a busy client has sent.
/// </summary>
/// <remarks>
/// Kestrel's own blocks are 4 KiB, which means a system call per few dozen small messages. A connection holds a block only while
/// there is input, so that the size costs nothing on idle ones. Blocks beyond <see cref="MaxIdleCount"/> are left to the collector.
/// </remarks>
internal sealed class ReceiveBufferPool : MemoryPool<byte>
{
    private const int BlockBytes = 64 * 1024;
    private const int MaxIdleCount = 256;

    private readonly ConcurrentQueue<Block> _idle = new();
    private int _idleCount;

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_idle.TryDequeue(out Block? block)) return new Block(this);
        Interlocked.Decrement(ref _idleCount);
        block.IsRented = true;
        return block;
    }

    protected override void Dispose(bool disposing) => _idle.Clear();

    private void Return(Block block)
    {
        if (!block.IsRented) throw new InvalidOperationException("A receive buffer was returned twice.");
        block.IsRented = false;
        if (Interlocked.Increment(ref _idleCount) <= MaxIdleCount) _idle.Enqueue(block);
        else Interlocked.Decrement(ref _idleCount);
    }

    private sealed class Block(ReceiveBufferPool pool) : IMemoryOwner<byte>
    {
        // Pinned from birth: the kernel writes into it while the collector may want to move things.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public bool IsRented { get; set; } = true;

        public Memory<byte> Memory => MemoryMarshal.CreateFromPinnedArray(_bytes, 0, BlockBytes);

        public void Dispose() => pool.Return(this);
    }
}
