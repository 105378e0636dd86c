using System.Text;
using Bayou.Load.Protocol;

namespace Bayou.Load.Nats;

/// <summary>The bytes of a <c>PUB</c>, made once: a publisher copies them and writes its stamp over the place it needs.</summary>
public sealed class PublishOperation
{
    private readonly byte[] _bytes;
    private readonly int _payloadOffset;

    public PublishOperation(string subject, string? replyTo, byte[] payload)
    {
        _bytes = Encode(subject, replyTo, payload);
        _payloadOffset = _bytes.Length - payload.Length - 2;
    }

    /// <summary>Bytes on the wire.</summary>
    public int Length => _bytes.Length;

    /// <summary>Appends the operation with <paramref name="stamp"/> at the start of its payload.</summary>
    public void Write(OutputBuffer output, Stamp stamp)
    {
        var target = output.Take(_bytes.Length);
        _bytes.CopyTo(target);
        stamp.Write(target[_payloadOffset..]);
    }

    public static byte[] Encode(string subject, string? replyTo, ReadOnlySpan<byte> payload)
    {
        string reply = replyTo is null ? "" : replyTo + " ";
        return [.. Encoding.UTF8.GetBytes($"PUB {subject} {reply}{payload.Length}\r\n"), .. payload, .. "\r\n"u8];
    }
}
