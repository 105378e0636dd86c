using System.Buffers;
using System.Buffers.Binary;
using Bayou.Raft;
using Bayou.Records;

namespace Bayou.Simulation.StandIn;

/// <summary>Messages of many groups as the bytes of one frame.</summary>
internal static class RaftFrames
{
    public static void Write(IBufferWriter<byte> output, GroupId group, in RaftMessage message)
    {
        Put(output, group.Value);
        Put(output, ((ulong)message.Kind << 8) | (message.IsRejected ? 1UL : 0) | (message.IsTransfer ? 2UL : 0));
        foreach (var field in (ReadOnlySpan<ulong>)[message.From, message.To, message.Term, message.LogTerm, message.Index, message.Commit, message.RejectHint, message.Context])
        {
            Put(output, field);
        }

        Put(output, (ulong)message.Entries.Length);
        foreach (ref readonly var entry in message.Entries.Span)
        {
            Write(output, entry);
        }
    }

    public static void Write(IBufferWriter<byte> output, in Entry entry)
    {
        Put(output, entry.Index);
        Put(output, entry.Term);
        Put(output, ((ulong)entry.Data.Length << 8) | (byte)entry.Kind);
        output.Write(entry.Data.Span);
    }

    public static bool TryRead(ref ReadOnlyMemory<byte> input, out GroupId group, out RaftMessage message)
    {
        group = default;
        message = default;
        if (input.IsEmpty)
        {
            return false;
        }

        group = new GroupId(Take(ref input));
        var head = Take(ref input);
        message = new RaftMessage
        {
            Kind = (MessageKind)(head >> 8),
            IsRejected = (head & 1) != 0,
            IsTransfer = (head & 2) != 0,
            From = Take(ref input),
            To = Take(ref input),
            Term = Take(ref input),
            LogTerm = Take(ref input),
            Index = Take(ref input),
            Commit = Take(ref input),
            RejectHint = Take(ref input),
            Context = Take(ref input),
            Entries = ReadEntries(ref input),
        };
        return true;
    }

    public static Entry[] ReadEntries(ref ReadOnlyMemory<byte> input)
    {
        var entries = new Entry[Take(ref input)];
        for (var i = 0; i < entries.Length; i++)
        {
            var (index, term, head) = (Take(ref input), Take(ref input), Take(ref input));
            var length = (int)(head >> 8);
            entries[i] = new Entry(index, term, (EntryKind)(byte)head, input[..length].ToArray());
            input = input[length..];
        }

        return entries;
    }

    public static void Put(IBufferWriter<byte> output, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), value);
        output.Advance(sizeof(ulong));
    }

    public static ulong Take(ref ReadOnlyMemory<byte> input)
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(input.Span);
        input = input[sizeof(ulong)..];
        return value;
    }
}
