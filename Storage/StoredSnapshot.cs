using System.Buffers.Binary;

namespace Bayou.Storage;

/// <summary>A group as of one log index, taken over from another replica.</summary>
/// <param name="Index">Log index that it stands at.</param>
/// <param name="Term">Term of the entry at that index.</param>
/// <param name="State">The owner's own encoding of its state; must not change.</param>
/// <param name="Channel">The messages at that index; <see cref="ChannelManifest.Empty"/> for a group without messages.</param>
public sealed record StoredSnapshot(ulong Index, ulong Term, ReadOnlyMemory<byte> State, ChannelManifest Channel)
{
    internal long EncodedBytes => sizeof(uint) + (long)Channel.EncodedBytes + State.Length;

    /// <summary>What its record in the journal holds: u32 bytes of the manifest, manifest, state.</summary>
    internal static bool TryRead(ulong index, ulong term, ReadOnlyMemory<byte> data, out StoredSnapshot? snapshot)
    {
        snapshot = null;
        if (data.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(data.Span) is var length && length > data.Length - sizeof(uint))
        {
            return false;
        }

        try
        {
            var channel = ChannelManifest.Decode(data.Span.Slice(sizeof(uint), (int)length));
            snapshot = new StoredSnapshot(index, term, data[(sizeof(uint) + (int)length)..], channel);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    internal byte[] Encode()
    {
        var bytes = new byte[EncodedBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Channel.EncodedBytes);
        Channel.Encode(bytes.AsSpan(sizeof(uint)));
        State.CopyTo(bytes.AsMemory(sizeof(uint) + Channel.EncodedBytes));
        return bytes;
    }
}
