using System.Text.Unicode;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// A publish as its client sent it: <c>clientID=1, guid=2, subject=3, reply=4, data=5, connID=6</c>, as spans into the payload.
/// </summary>
internal readonly ref struct PubMsg
{
    public ReadOnlySpan<byte> ClientId { get; private init; }

    public ReadOnlySpan<byte> Guid { get; private init; }

    public ReadOnlySpan<byte> Channel { get; private init; }

    public ReadOnlySpan<byte> ReplyTo { get; private init; }

    public ReadOnlySpan<byte> Data { get; private init; }

    public ReadOnlySpan<byte> ConnId { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out PubMsg message)
    {
        ReadOnlySpan<byte> clientId = default, guid = default, channel = default, replyTo = default, data = default, connId = default;
        var reader = new ProtoReader(payload);
        while (reader.TryNext())
        {
            if (!reader.IsBytes)
            {
                continue;
            }

            switch (reader.Field)
            {
                case 1: clientId = reader.Bytes; break;
                case 2: guid = reader.Bytes; break;
                case 3: channel = reader.Bytes; break;
                case 4: replyTo = reader.Bytes; break;
                case 5: data = reader.Bytes; break;
                case 6: connId = reader.Bytes; break;
                default: break;
            }
        }

        message = new PubMsg
        {
            ClientId = clientId,
            Guid = guid,
            Channel = channel,
            ReplyTo = replyTo,
            Data = data,
            ConnId = connId,
        };
        return !reader.IsMalformed && Utf8.IsValid(clientId) && Utf8.IsValid(guid) && Utf8.IsValid(channel) && Utf8.IsValid(replyTo);
    }

    /// <summary>What every publish must have, whoever sent it.</summary>
    public bool IsValid =>
        !Guid.IsEmpty
        && Guid.Length <= ushort.MaxValue
        && ReplyTo.Length <= ushort.MaxValue
        && Channel.Length <= ushort.MaxValue
        && StanNames.IsChannel(Channel);
}
