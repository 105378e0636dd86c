using System.Buffers.Binary;
using System.Text;

namespace Bayou.Gateway.Streaming.Partitioning;

/// <summary>Lists of channels as servers send them to each other: each name behind its length in two bytes, the lower one first.</summary>
internal static class ChannelList
{
    /// <summary>As many lists as it takes for each to stay below <paramref name="maxBytes"/>.</summary>
    /// <exception cref="ArgumentException">A single name is longer.</exception>
    public static IEnumerable<byte[]> Encode(IEnumerable<string> channels, int maxBytes)
    {
        var list = new List<byte>();
        foreach (var name in channels.Select(Encoding.UTF8.GetBytes))
        {
            var size = sizeof(ushort) + name.Length;
            if (size > Math.Min(maxBytes, ushort.MaxValue))
            {
                throw new ArgumentException($"The name of a channel has {name.Length} bytes, more than a message between servers holds.", nameof(channels));
            }

            if (list.Count + size > maxBytes)
            {
                yield return [.. list];
                list.Clear();
            }

            list.Add((byte)name.Length);
            list.Add((byte)(name.Length >> 8));
            list.AddRange(name);
        }

        if (list.Count > 0)
        {
            yield return [.. list];
        }
    }

    /// <summary>False if a name is cut off.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out List<string> channels)
    {
        channels = [];
        while (bytes.Length >= sizeof(ushort))
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
            if (length > bytes.Length)
            {
                return false;
            }

            channels.Add(Encoding.UTF8.GetString(bytes[..length]));
            bytes = bytes[length..];
        }

        return bytes.IsEmpty;
    }
}
