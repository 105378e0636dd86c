using System.Buffers.Binary;
using System.Text;
using Bayou.Grains.Replication.Peers;

namespace Bayou.Grains.Replication.Links;

/// <summary>
/// What the caller says first on a connection between silos, and how it is answered. Numbers are little endian.
/// <code>
///   caller:   u32 magic 'BYLK'   u8 version = 2   u8 lane   u8 length, cluster id   u8 length, name
///   answer:   u8 0, and frames may follow; or u8 length of a reason why not, and the reason
/// </code>
/// A frame is a u32 length and as many bytes.
/// </summary>
internal sealed record LinkGreeting(PeerLane Lane, string ClusterId, string Name)
{
    private const uint Magic = 0x4B4C_5942;
    private const byte FormatVersion = 2;
    private const int FixedBytes = 6;

    public static readonly byte[] Welcome = [0];

    public byte[] Encode()
    {
        var cluster = Encoding.UTF8.GetBytes(ClusterId);
        var name = Encoding.UTF8.GetBytes(Name);
        var bytes = new byte[FixedBytes + 2 + cluster.Length + name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = FormatVersion;
        bytes[5] = (byte)Lane;
        bytes[6] = checked((byte)cluster.Length);
        cluster.CopyTo(bytes, 7);
        bytes[7 + cluster.Length] = checked((byte)name.Length);
        name.CopyTo(bytes, 8 + cluster.Length);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The caller is no silo, or speaks another version.</exception>
    public static async Task<LinkGreeting> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var start = new byte[FixedBytes];
        await stream.ReadExactlyAsync(start, cancellation);
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic || start[4] != FormatVersion || start[5] > (byte)PeerLane.Bulk)
        {
            throw new InvalidDataException("The caller does not greet as a silo does.");
        }

        var cluster = await ReadTextAsync(stream, cancellation);
        return new LinkGreeting((PeerLane)start[5], cluster, await ReadTextAsync(stream, cancellation));
    }

    public static byte[] Refusal(string reason)
    {
        var text = Encoding.UTF8.GetBytes(reason);
        return [(byte)Math.Min(text.Length, byte.MaxValue), .. text.AsSpan(0, Math.Min(text.Length, byte.MaxValue))];
    }

    /// <summary>Why the caller is turned away; null if it is welcome.</summary>
    public static async Task<string?> ReadAnswerAsync(Stream stream, CancellationToken cancellation)
    {
        var reason = await ReadTextAsync(stream, cancellation);
        return reason.Length == 0 ? null : reason;
    }

    private static async Task<string> ReadTextAsync(Stream stream, CancellationToken cancellation)
    {
        var length = new byte[1];
        await stream.ReadExactlyAsync(length, cancellation);
        var text = new byte[length[0]];
        await stream.ReadExactlyAsync(text, cancellation);
        return Encoding.UTF8.GetString(text);
    }
}
