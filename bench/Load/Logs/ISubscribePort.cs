using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Logs;

/// <summary>The receiving side of one connection to a durable log, with one subscription.</summary>
public interface ISubscribePort
{
    NatsConnection Connection { get; }

    /// <summary>
    /// Takes a delivered message apart and appends its acknowledgement to <paramref name="acks"/>.
    /// False when <paramref name="message"/> is something else and has been dealt with.
    /// </summary>
    bool TryAccept(in Message message, OutputBuffer acks, out ReadOnlySpan<byte> payload);

    /// <summary>Ends the session; throws when more messages arrive.</summary>
    void Close();
}
