using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming.Wire;
using Bayou.Grains.Interfaces;
using Google.Protobuf;

namespace Bayou.Gateway.Streaming.Partitioning;

/// <summary>
/// Finds out whether another server of the same cluster id has a channel of this one's: they ask each other, when they start and whenever a
/// route comes about, by the messages of NATS Streaming.
/// </summary>
public sealed class PartitionCheck : IInternalSubscriber
{
    /// <summary>Room for what a message holds besides the list.</summary>
    private const int HeaderBytes = 256;

    /// <summary>Whoever has just come may not be reached by the first question: what servers subscribe to travels after the route is there.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private const int Questions = 4;

    private readonly Partition _partition;
    private readonly StreamingReplies _replies;
    private readonly TimeProvider _time;
    private readonly string _serverId;
    private readonly byte[] _subject;
    private readonly byte[] _inbox;
    private readonly List<byte[]> _questions;
    private readonly Lock _gate = new();
    private readonly HashSet<PartitionConflict> _conflicts = [];
    private volatile bool _isServing;

    public PartitionCheck(
        Partition partition, StreamingOptions options, GatewayOptions gateway, ServerIdentity identity, SubjectRouter router, TimeProvider time)
    {
        _partition = partition;
        _replies = new StreamingReplies(router);
        _time = time;
        _serverId = identity.Id;
        _subject = Encoding.UTF8.GetBytes($"_STAN.part.{options.ClusterId}");
        _inbox = Encoding.UTF8.GetBytes($"_INBOX.bayoupart{identity.Id}");
        _questions = [.. ChannelList.Encode(partition.Channels, gateway.MaxPayloadBytes - HeaderBytes).Select(Message)];
        router.Subscribe(_subject, this, scope: InterestScope.Cluster);
        router.Subscribe(_inbox, this, scope: InterestScope.Cluster);
    }

    /// <summary>Asks everybody, for a second; who objects.</summary>
    public async Task<IReadOnlyList<PartitionConflict>> FindConflictsAsync(CancellationToken cancellation = default)
    {
        for (var i = 0; i < Questions; i++)
        {
            foreach (var question in _questions)
            {
                _replies.Send(_subject, _inbox, question);
            }

            await Task.Delay(Pause, _time, cancellation);
        }

        lock (_gate)
        {
            IReadOnlyList<PartitionConflict> found = [.. _conflicts];
            _conflicts.Clear();
            return found;
        }
    }

    /// <summary>Of two servers at work that share a channel one has to go: always the same one, and the other may go on.</summary>
    public bool MustYieldTo(string serverId) => string.CompareOrdinal(_serverId, serverId) > 0;

    /// <summary>
    /// This server serves its channels, and objects to others who have them. Before, it keeps silent: of two, the one that is at work stays.
    /// </summary>
    public void Serve() => _isServing = true;

    void IInternalSubscriber.OnMessage(in PublishedMessage message)
    {
        if (!TryParse(message.Payload, out var control) || control.MsgType != CtrlMsg.Types.Type.Partitioning || control.ServerID == _serverId)
        {
            return;
        }

        if (message.Subject.SequenceEqual(_inbox))
        {
            OnAnswer(control);
        }
        else if (_isServing && !message.ReplyTo.IsEmpty && ChannelList.TryDecode(control.Data.Span, out var others))
        {
            _replies.Send(message.ReplyTo, replyTo: [], Message(Encoding.UTF8.GetBytes(_partition.FindConflict(others) ?? string.Empty)));
        }
    }

    void IInternalSubscriber.OnReadCompleted(Connection publisher)
    {
        // Each message stands alone.
    }

    private void OnAnswer(CtrlMsg answer)
    {
        if (!answer.Data.IsEmpty)
        {
            lock (_gate)
            {
                _conflicts.Add(new PartitionConflict(answer.Data.ToStringUtf8(), answer.ServerID));
            }
        }
    }

    private byte[] Message(byte[] data) => new CtrlMsg
    {
        MsgType = CtrlMsg.Types.Type.Partitioning,
        ServerID = _serverId,
        Data = ByteString.CopyFrom(data),
    }.ToByteArray();

    private static bool TryParse(ReadOnlySpan<byte> payload, out CtrlMsg control)
    {
        try
        {
            control = CtrlMsg.Parser.ParseFrom(payload);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            control = new CtrlMsg();
            return false;
        }
    }
}
