using System.Buffers.Text;

namespace Bayou.Load.Protocol;

/// <summary>
/// Parses what a NATS server sends, in place, out of one buffer. It knows no socket: the owner asks for
/// <see cref="FreeSpace"/>, fills it, and says how much arrived.
/// </summary>
public sealed class FrameReader(int capacity)
{
    /// <summary>256 KiB: room for several of a server's large writes.</summary>
    public const int DefaultCapacity = 256 * 1024;

    private byte[] _buffer = new byte[capacity];
    private int _start;
    private int _end;

    // The control line of a subscription is the same from message to message as long as the size is;
    // recognising it as a whole is several times cheaper than taking it apart again.
    private readonly byte[] _knownLine = new byte[512];
    private MessageLine _known;

    /// <summary>Text of the last <c>INFO</c> or <c>-ERR</c> line.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Room for the next read. Moves an unfinished frame to the front, and grows only for a frame larger than the buffer.</summary>
    public Span<byte> FreeSpace()
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_start > 0 && _buffer.Length - _end < _buffer.Length / 2)
            MoveToFront();
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsSpan(_end);
    }

    /// <summary>Says that <paramref name="count"/> bytes were put into <see cref="FreeSpace"/>.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Takes the next complete frame. Only for <see cref="FrameKind.Message"/> is <paramref name="message"/> set.</summary>
    public FrameKind Read(out Message message)
    {
        var input = _buffer.AsSpan(_start, _end - _start);
        if (_known.LineLength > 0 && input.StartsWith(_knownLine.AsSpan(0, _known.LineLength)))
            return ReadMessage(input, _known, out message);

        message = default;
        int newline = input.IndexOf((byte)'\n');
        if (newline < 0)
            return FrameKind.Incomplete;

        var line = input[..newline].TrimEnd((byte)'\r');
        if (line.StartsWith("MSG "u8) || line.StartsWith("HMSG "u8))
            return ReadMessage(input, ParseMessageLine(line, newline + 1), out message);

        _start += newline + 1;
        return ReadControl(line);
    }

    private FrameKind ReadControl(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("PING"u8))
            return FrameKind.Ping;
        if (line.StartsWith("PONG"u8))
            return FrameKind.Pong;
        if (line.StartsWith("+OK"u8))
            return FrameKind.Ok;

        Text = System.Text.Encoding.UTF8.GetString(line);
        if (line.StartsWith("INFO "u8))
            return FrameKind.Info;
        return line.StartsWith("-ERR"u8) ? FrameKind.Error : throw new LoadException($"The server sent a line that is not NATS: {Text}");
    }

    private FrameKind ReadMessage(ReadOnlySpan<byte> input, scoped in MessageLine line, out Message message)
    {
        int end = line.LineLength + line.TotalBytes;
        if (input.Length < end + 2)
        {
            message = default;
            return FrameKind.Incomplete;
        }

        if (input[end] != (byte)'\r' || input[end + 1] != (byte)'\n')
            throw new LoadException("The server sent a payload that does not end where its size says.");

        int payload = line.LineLength + line.HeaderBytes;
        message = new Message
        {
            Subject = input.Slice(line.SubjectOffset, line.SubjectLength),
            ReplyTo = input.Slice(line.ReplyOffset, line.ReplyLength),
            Headers = input.Slice(line.LineLength, line.HeaderBytes),
            Payload = input[payload..end],
            Sid = line.Sid,
        };
        _start += end + 2;
        return FrameKind.Message;
    }

    // MSG <subject> <sid> [reply-to] <bytes>   and   HMSG <subject> <sid> [reply-to] <header bytes> <total bytes>
    private MessageLine ParseMessageLine(ReadOnlySpan<byte> line, int lineLength)
    {
        Span<Range> tokens = stackalloc Range[7];
        int count = Split(line, tokens);
        bool hasHeaders = line[0] == (byte)'H';
        int withoutReply = hasHeaders ? 5 : 4;
        bool hasReply = count == withoutReply + 1;
        if (!hasReply && count != withoutReply)
            throw Malformed(line);

        var subject = tokens[1];
        var reply = hasReply ? tokens[3] : new Range(0, 0);
        var parsed = new MessageLine
        {
            LineLength = lineLength,
            SubjectOffset = subject.Start.Value,
            SubjectLength = subject.End.Value - subject.Start.Value,
            ReplyOffset = reply.Start.Value,
            ReplyLength = reply.End.Value - reply.Start.Value,
            Sid = Number(line, tokens[2]),
            HeaderBytes = hasHeaders ? Number(line, tokens[count - 2]) : 0,
            TotalBytes = Number(line, tokens[count - 1]),
        };
        if (parsed.HeaderBytes > parsed.TotalBytes)
            throw Malformed(line);
        Remember(parsed);
        return parsed;
    }

    private void Remember(in MessageLine parsed)
    {
        // A reply subject usually changes with every message, so such a line is not worth remembering.
        if (parsed.ReplyLength > 0 || parsed.LineLength > _knownLine.Length)
            return;
        _buffer.AsSpan(_start, parsed.LineLength).CopyTo(_knownLine);
        _known = parsed;
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> tokens)
    {
        int count = 0;
        for (int start = 0; start <= line.Length; count++)
        {
            int space = line[start..].IndexOf((byte)' ');
            int end = space < 0 ? line.Length : start + space;
            if (count == tokens.Length)
                throw Malformed(line);
            tokens[count] = start..end;
            start = end + 1;
        }

        return count;
    }

    private static int Number(ReadOnlySpan<byte> line, Range token)
    {
        var digits = line[token];
        return Utf8Parser.TryParse(digits, out int value, out int used) && used == digits.Length && value >= 0 ? value : throw Malformed(line);
    }

    private static LoadException Malformed(ReadOnlySpan<byte> line) =>
        new($"The server sent a malformed line: {System.Text.Encoding.UTF8.GetString(line)}");

    private void MoveToFront()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }

    private struct MessageLine
    {
        public int LineLength;
        public int SubjectOffset;
        public int SubjectLength;
        public int ReplyOffset;
        public int ReplyLength;
        public int Sid;
        public int HeaderBytes;
        public int TotalBytes;
    }
}
