using System.Buffers.Binary;

namespace Bayou.Import.Cluster;

/// <summary>An entry of the Raft log.</summary>
/// <param name="Index">Its place in the log.</param>
/// <param name="Term">When it was written.</param>
/// <param name="IsCommand">Whether it is the server's own; others are Raft's.</param>
/// <param name="Data">The command, as it lies in the log.</param>
internal readonly record struct RaftEntry(ulong Index, ulong Term, bool IsCommand, byte[] Data)
{
    private const ulong CommandType = 0;

    /// <exception cref="InvalidDataException">These are not the bytes of an entry.</exception>
    public static RaftEntry Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var (term, type) = (0UL, CommandType);
        byte[] data = [];
        var reader = new MessagePackReader(value);
        for (var fields = reader.ReadMapHeader(); fields > 0; fields--)
        {
            switch (reader.ReadText())
            {
                case "Term":
                    term = reader.ReadNumber();
                    break;
                case "Type":
                    type = reader.ReadNumber();
                    break;
                case "Data":
                    data = reader.ReadBytes().ToArray();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return key.Length == sizeof(ulong)
            ? new RaftEntry(BinaryPrimitives.ReadUInt64BigEndian(key), term, type == CommandType, data)
            : throw new InvalidDataException("an entry's key is no index");
    }
}
