namespace Bayou.Load.Protocol;

/// <summary>The bytes of a test message: a <see cref="Stamp"/>, then a fixed pattern up to the size.</summary>
public static class Payload
{
    public static byte[] Create(int size)
    {
        var payload = new byte[size];
        for (int i = Stamp.Size; i < size; i++)
            payload[i] = (byte)('a' + i % 26);
        return payload;
    }
}
