using System.Text;

namespace Bayou.TestKit.Nats;

/// <summary>What a client sends, as bytes.</summary>
public static class Operations
{
    public static byte[] Publish(string subject, string replyTo, ReadOnlySpan<byte> payload)
    {
        string line = replyTo.Length == 0 ? $"PUB {subject} {payload.Length}\r\n" : $"PUB {subject} {replyTo} {payload.Length}\r\n";
        byte[] operation = new byte[Encoding.UTF8.GetByteCount(line) + payload.Length + 2];
        int start = Encoding.UTF8.GetBytes(line, operation);
        payload.CopyTo(operation.AsSpan(start));
        "\r\n"u8.CopyTo(operation.AsSpan(start + payload.Length));
        return operation;
    }
}
