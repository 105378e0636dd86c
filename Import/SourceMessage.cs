namespace Bayou.Import;

/// <summary>A message of a channel.</summary>
/// <param name="Sequence">Its number in the channel.</param>
/// <param name="Timestamp">When the server took it, in Unix nanoseconds.</param>
/// <param name="ReplyTo">The publisher's reply subject; empty for none.</param>
/// <param name="Data">What was published, decrypted.</param>
public readonly record struct SourceMessage(ulong Sequence, long Timestamp, ReadOnlyMemory<byte> ReplyTo, ReadOnlyMemory<byte> Data);
