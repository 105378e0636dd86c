namespace Bayou.Load.Protocol;

/// <summary>Protobuf's variable-length integers: seven bits a byte, low ones first.</summary>
public static class Varint
{
    /// <summary>Writes <paramref name="value"/> and returns how many bytes it took, at most ten.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            target[count++] = (byte)(value | 0x80);
        target[count++] = (byte)value;
        return count;
    }

    public static int Size(ulong value)
    {
        int count = 1;
        for (; value >= 0x80; value >>= 7)
            count++;
        return count;
    }
}
