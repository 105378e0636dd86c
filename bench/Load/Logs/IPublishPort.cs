using Bayou.Load.Nats;
using Bayou.Load.Protocol;

namespace Bayou.Load.Logs;

/// <summary>The publishing side of one connection to a durable log.</summary>
public interface IPublishPort
{
    NatsConnection Connection { get; }

    /// <summary>Appends one publish whose acknowledgement can be told apart by the number in <paramref name="stamp"/>.</summary>
    void Write(OutputBuffer output, Stamp stamp);

    /// <summary>The number that <paramref name="message"/> acknowledges, or null when it is something else and has been dealt with. Throws when the server refused the publish.</summary>
    long? ReadAck(in Message message);

    /// <summary>Ends the session; throws when something arrives that is not expected any more.</summary>
    void Close();
}
