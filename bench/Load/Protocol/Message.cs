namespace Bayou.Load.Protocol;

/// <summary>One delivered message, as views into the read buffer. Valid until the next read.</summary>
public ref struct Message
{
    public ReadOnlySpan<byte> Subject;
    public ReadOnlySpan<byte> ReplyTo;
    public ReadOnlySpan<byte> Headers;
    public ReadOnlySpan<byte> Payload;
    public int Sid;

    /// <summary>True for the answer a server gives when nobody listens on the subject of a request.</summary>
    public readonly bool IsNoResponders => Payload.IsEmpty && Headers.StartsWith("NATS/1.0 503"u8);
}
