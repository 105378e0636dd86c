namespace Bayou.Grains.Interfaces.Messages;

/// <summary>
/// One flat buffer that crosses a grain boundary by reference inside a silo, and as plain bytes between processes. Whoever sends
/// it hands the memory over: the sender neither writes to it nor reuses it, unless the call's contract says when it may.
/// </summary>
[Immutable]
public sealed class BatchBytes(Memory<byte> bytes)
{
    public Memory<byte> Bytes { get; } = bytes;
}
