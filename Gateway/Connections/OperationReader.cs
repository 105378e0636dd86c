using System.Buffers;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Feeds what a pipe holds to a parser, also operations that lie across its segments.</summary>
internal sealed class OperationReader(IOperationParser parser)
{
    /// <summary>By how much the part of the input grows that is copied together in search of an operation's end.</summary>
    private const int Step = 1024;

    private long _neededBytes;

    /// <summary>Parses as many operations as the input holds, and takes them off it.</summary>
    public ProtocolError Read(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < _neededBytes) return ProtocolError.None;
        _neededBytes = 0;
        while (!buffer.IsEmpty)
        {
            ParseStatus status = parser.Parse(buffer.FirstSpan, out int consumed, out int needed, out ProtocolError error);
            buffer = buffer.Slice(consumed);
            if (status == ParseStatus.ProtocolError) return error;
            if (status == ParseStatus.Complete) continue;
            if (buffer.IsSingleSegment || buffer.Length < needed)
            {
                _neededBytes = needed;
                break;
            }

            status = ReadStraddling(ref buffer, needed, out error);
            if (status == ParseStatus.ProtocolError) return error;
            if (status == ParseStatus.NeedMoreData) break;
        }

        return ProtocolError.None;
    }

    /// <summary>Copies an operation that lies across segments together, with as much behind it as it takes to see its end.</summary>
    private ParseStatus ReadStraddling(ref ReadOnlySequence<byte> buffer, int needed, out ProtocolError error)
    {
        for (long window = Math.Max(needed, buffer.FirstSpan.Length + Step); ; window += window)
        {
            int length = (int)Math.Min(window, buffer.Length);
            byte[] scratch = ArrayPool<byte>.Shared.Rent(length);
            buffer.Slice(0, length).CopyTo(scratch);
            ParseStatus status = parser.Parse(scratch.AsSpan(0, length), out int consumed, out needed, out error);
            ArrayPool<byte>.Shared.Return(scratch);
            buffer = buffer.Slice(consumed);
            if (status == ParseStatus.ProtocolError) return status;
            if (consumed > 0) return ParseStatus.Complete;
            if (length == buffer.Length || needed > buffer.Length)
            {
                _neededBytes = needed;
                return ParseStatus.NeedMoreData;
            }
        }
    }
}
