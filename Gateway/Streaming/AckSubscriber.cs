using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Takes acks: <c>subject=1, sequence=2</c>, on the inbox of the subscription. What is no ack is ignored, as STAN does.</summary>
internal sealed class AckSubscriber(IGrainFactory grains, TimeProvider time, ILogger logger) : IInternalSubscriber
{
    private const int SequenceField = 2;

    private readonly bool _isTraced = logger.IsEnabled(LogLevel.Trace);

    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher
            || !AckInbox.TryParse(message.Subject, out var inbox)
            || !TryReadSequence(message.Payload, out var sequence))
        {
            return;
        }

        if (_isTraced)
        {
            StreamingLog.AckReceived(logger, inbox.Subscription, sequence);
        }

        var connection = StreamingConnection.Of(publisher);
        var collector = connection.AcksOf(inbox, grains, time, logger);
        collector.Add(sequence);
        if (!collector.IsTouched)
        {
            collector.IsTouched = true;
            connection.TouchedAcks.Add(collector);
        }
    }

    public void OnReadCompleted(Connection publisher)
    {
        var touched = StreamingConnection.Of(publisher).TouchedAcks;
        foreach (var collector in touched)
        {
            collector.IsTouched = false;
            collector.Send();
        }

        touched.Clear();
    }

    private static bool TryReadSequence(ReadOnlySpan<byte> payload, out ulong sequence)
    {
        sequence = 0;
        var reader = new ProtoReader(payload);
        while (reader.TryNext())
        {
            if (reader.Field == SequenceField && reader.IsNumber)
            {
                sequence = reader.Number;
            }
        }

        return !reader.IsMalformed && sequence > 0;
    }
}
