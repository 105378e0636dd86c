using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Bayou.TestKit.Nats;

/// <summary>Cuts what a NATS server sends into control lines and payloads.</summary>
internal sealed class FrameReader(PipeReader input)
{
    private long _messages;

    /// <summary>Next control line without its end, or null at the end of the connection.</summary>
    public async ValueTask<string?> ReadLineAsync()
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.UTF8.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) return null;
        }
    }

    /// <summary>The message that a MSG or HMSG line announces; its subscription's id comes along.</summary>
    public async ValueTask<(int Subscription, NatsMessage Message)> ReadMessageAsync(string line)
    {
        string[] parts = line.Split(' ');
        bool hasHeaders = parts[0] == "HMSG";
        bool hasReply = parts.Length == (hasHeaders ? 6 : 5);
        int headerBytes = hasHeaders ? Number(parts[^2]) : 0;
        int totalBytes = Number(parts[^1]);
        byte[] bytes = await ReadBytesAsync(totalBytes + 2);
        if (bytes[^2] != '\r' || bytes[^1] != '\n') throw new InvalidDataException($"A payload does not end where its size says: {line}");
        string headers = Encoding.UTF8.GetString(bytes, 0, headerBytes);
        var message = new NatsMessage(++_messages, parts[1], hasReply ? parts[3] : "", headers, bytes[headerBytes..totalBytes]);
        return (Number(parts[2]), message);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private async ValueTask<byte[]> ReadBytesAsync(int count)
    {
        ReadResult result = await input.ReadAtLeastAsync(count);
        if (result.Buffer.Length < count) throw new EndOfStreamException("The connection ended inside a message.");
        byte[] bytes = result.Buffer.Slice(0, count).ToArray();
        input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }
}
