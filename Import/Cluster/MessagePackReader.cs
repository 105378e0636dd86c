using System.Buffers.Binary;
using System.Text;

namespace Bayou.Import.Cluster;

/// <summary>As much of MessagePack as a Raft log entry needs: maps with text keys, whole numbers, bytes, nil; anything else is passed over.</summary>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 16;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <exception cref="InvalidDataException">There is no map here.</exception>
    public int ReadMapHeader()
    {
        var kind = Take();
        return kind switch
        {
            >= 0x80 and <= 0x8F => kind & 0x0F,
            0xDE => (int)TakeNumber(2),
            0xDF => checked((int)TakeNumber(4)),
            _ => throw Malformed(),
        };
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Text and binary data alike, which old encoders do not tell apart; empty for nil.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var kind = Take();
        return kind switch
        {
            0xC0 => [],
            >= 0xA0 and <= 0xBF => Take(kind & 0x1F),
            0xC4 or 0xD9 => Take(TakeNumber(1)),
            0xC5 or 0xDA => Take(TakeNumber(2)),
            0xC6 or 0xDB => Take(TakeNumber(4)),
            _ => throw Malformed(),
        };
    }

    public ulong ReadNumber()
    {
        var kind = Take();
        return kind switch
        {
            <= 0x7F => kind,
            0xCC => TakeNumber(1),
            0xCD => TakeNumber(2),
            0xCE => TakeNumber(4),
            0xCF => TakeNumber(8),
            0xD0 => TakeNumber(1),
            0xD1 => TakeNumber(2),
            0xD2 => TakeNumber(4),
            0xD3 => TakeNumber(8),
            _ => throw Malformed(),
        };
    }

    public void Skip() => Skip(0);

    private void Skip(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Malformed();
        }

        var kind = Take();
        switch (kind)
        {
            case <= 0x7F or >= 0xE0 or 0xC0 or 0xC2 or 0xC3:
                break;
            case >= 0x80 and <= 0x8F:
                SkipMany(2L * (kind & 0x0F), depth);
                break;
            case >= 0x90 and <= 0x9F:
                SkipMany(kind & 0x0F, depth);
                break;
            case >= 0xA0 and <= 0xBF:
                Take(kind & 0x1F);
                break;
            case 0xC4 or 0xD9:
                Take(TakeNumber(1));
                break;
            case 0xC5 or 0xDA:
                Take(TakeNumber(2));
                break;
            case 0xC6 or 0xDB:
                Take(TakeNumber(4));
                break;
            case 0xC7:
                Take(TakeNumber(1) + 1);
                break;
            case 0xC8:
                Take(TakeNumber(2) + 1);
                break;
            case 0xC9:
                Take(TakeNumber(4) + 1);
                break;
            case 0xCC or 0xD0:
                Take(1);
                break;
            case 0xCD or 0xD1:
                Take(2);
                break;
            case 0xCA or 0xCE or 0xD2:
                Take(4);
                break;
            case 0xCB or 0xCF or 0xD3:
                Take(8);
                break;
            case >= 0xD4 and <= 0xD8:
                Take((1UL << (kind - 0xD4)) + 1);
                break;
            case 0xDC:
                SkipMany((long)TakeNumber(2), depth);
                break;
            case 0xDD:
                SkipMany((long)TakeNumber(4), depth);
                break;
            case 0xDE:
                SkipMany(2 * (long)TakeNumber(2), depth);
                break;
            case 0xDF:
                SkipMany(2 * (long)TakeNumber(4), depth);
                break;
            default:
                throw Malformed();
        }
    }

    private void SkipMany(long count, int depth)
    {
        for (; count > 0; count--)
        {
            Skip(depth + 1);
        }
    }

    private byte Take() => Take(1)[0];

    private ulong TakeNumber(int size)
    {
        var digits = Take((ulong)size);
        return size switch
        {
            1 => digits[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(digits),
            4 => BinaryPrimitives.ReadUInt32BigEndian(digits),
            _ => BinaryPrimitives.ReadUInt64BigEndian(digits),
        };
    }

    private ReadOnlySpan<byte> Take(int count) => Take((ulong)count);

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw Malformed();
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private static InvalidDataException Malformed() => new("an entry is no MessagePack of the form that is expected");
}
