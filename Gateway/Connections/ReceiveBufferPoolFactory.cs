using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Bayou.Gateway.Connections;

/// <summary>Gives Kestrel the memory to read into.</summary>
internal sealed class ReceiveBufferPoolFactory : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ReceiveBufferPool();
}
