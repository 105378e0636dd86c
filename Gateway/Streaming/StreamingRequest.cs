namespace Bayou.Gateway.Streaming;

/// <summary>A request as it arrived.</summary>
/// <param name="Connection">Over which it came.</param>
/// <param name="ReplyTo">Where the answer goes; empty for none.</param>
/// <param name="Payload">A copy of its bytes.</param>
internal sealed record StreamingRequest(StreamingConnection Connection, string ReplyTo, byte[] Payload);
