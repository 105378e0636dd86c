using System.Buffers.Binary;
using Bayou.Raft;

namespace Bayou.Grains.Replication.Peers;

/// <summary>A group's membership in bytes, on the wire and in checkpoints: four lists, each a u16 count and its u64 ids, then a u8.</summary>
internal static class MembershipCodec
{
    private const int ListCount = 4;

    public static int Measure(ConfState members) =>
        (ListCount * sizeof(ushort)) + 1
        + (sizeof(ulong) * (members.Voters.Count + members.Learners.Count + members.VotersOutgoing.Count + members.LearnersNext.Count));

    /// <summary>Returns how many bytes were written.</summary>
    public static int Write(Span<byte> target, ConfState members)
    {
        var at = 0;
        Put(target, members.Voters, ref at);
        Put(target, members.Learners, ref at);
        Put(target, members.VotersOutgoing, ref at);
        Put(target, members.LearnersNext, ref at);
        target[at++] = members.AutoLeave ? (byte)1 : (byte)0;
        return at;
    }

    public static byte[] Encode(ConfState members)
    {
        var bytes = new byte[Measure(members)];
        Write(bytes, members);
        return bytes;
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a membership.</exception>
    public static ConfState Read(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        var members = new ConfState
        {
            Voters = Take(bytes, ref used),
            Learners = Take(bytes, ref used),
            VotersOutgoing = Take(bytes, ref used),
            LearnersNext = Take(bytes, ref used),
            AutoLeave = used < bytes.Length ? bytes[used] != 0 : throw Malformed(),
        };
        used++;
        return members;
    }

    private static void Put(Span<byte> target, IReadOnlyList<ulong> ids, ref int at)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target[at..], checked((ushort)ids.Count));
        at += sizeof(ushort);
        for (var i = 0; i < ids.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], ids[i]);
            at += sizeof(ulong);
        }
    }

    private static ulong[] Take(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (bytes.Length - at < sizeof(ushort))
        {
            throw Malformed();
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        at += sizeof(ushort);
        if (bytes.Length - at < count * sizeof(ulong))
        {
            throw Malformed();
        }

        var ids = count == 0 ? [] : new ulong[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            at += sizeof(ulong);
        }

        return ids;
    }

    private static InvalidDataException Malformed() => new("A membership is cut short.");
}
