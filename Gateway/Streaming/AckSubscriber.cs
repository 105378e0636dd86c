using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Takes acks: <c>subject=1, sequence=2</c>, on the inbox of the subscription. What is no ack is ignored, as STAN does.</summary>
internal sealed class AckSubscriber : IInternalSubscriber
{
    private const int SequenceField = 2;

    private readonly Func<AckInbox, AckCollector> _createCollector;
    private readonly ILogger _logger;
    private readonly bool _isTraced;
    private readonly AckInbox? _inbox;
    private readonly int _prefixLength;

    /// <summary>
    /// Acks wait until <paramref name="serving"/> has ended. All of them are for <paramref name="inbox"/>; without it, the subject says
    /// for which, behind its first <paramref name="prefixLength"/> bytes.
    /// </summary>
    public AckSubscriber(IGrainFactory grains, Task serving, TimeProvider time, ILogger logger, AckInbox? inbox = null, int prefixLength = 0)
    {
        _inbox = inbox;
        _prefixLength = prefixLength;
        _createCollector = inbox => new AckCollector(inbox, grains, serving, time, logger);
        _logger = logger;
        _isTraced = logger.IsEnabled(LogLevel.Trace);
    }

    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher
            || !TryFindInbox(message.Subject, out var inbox)
            || !TryReadSequence(message.Payload, out var sequence))
        {
            return;
        }

        if (_isTraced)
        {
            StreamingLog.AckReceived(_logger, inbox.Subscription, sequence);
        }

        var connection = StreamingConnection.Of(publisher);
        var collector = connection.AcksOf(inbox, _createCollector);
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

    private bool TryFindInbox(ReadOnlySpan<byte> subject, out AckInbox inbox)
    {
        inbox = _inbox.GetValueOrDefault();
        return _inbox is not null || (_prefixLength > 0 ? AckInbox.TryParseToken(subject[_prefixLength..], out inbox) : AckInbox.TryParse(subject, out inbox));
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
