namespace Bayou.Gateway.Connections;

/// <summary>Where a connection's outbound bytes go.</summary>
internal interface IOutboundTransport
{
    /// <summary>
    /// Writes all of the bytes; they belong to the caller again when the task completes. Not called again before that.
    /// </summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);
}
