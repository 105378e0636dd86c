using Bayou.Load.Scenarios;

namespace Bayou.Load.Logs;

/// <summary>
/// Something that stores what is published and delivers it later: a STAN channel or a JetStream stream. Scenarios are written
/// against this, so that both protocols are measured by the same loops.
/// </summary>
public interface IDurableLog
{
    /// <summary>Opens a connection that publishes; <paramref name="index"/> is the publisher's number in the stamps.</summary>
    IPublishPort OpenPublisher(Crew crew, int index, Workload workload);

    /// <summary>Opens a connection that receives everything from the first message of this run, or only what comes from now on.</summary>
    ISubscribePort OpenSubscriber(Crew crew, int index, LogStart start);

    /// <summary>Removes what the run created on the server, where the protocol can.</summary>
    void Delete();
}
