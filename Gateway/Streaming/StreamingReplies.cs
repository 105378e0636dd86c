using System.Collections.Concurrent;
using System.Text;
using Bayou.Gateway.Routing;
using Google.Protobuf;

namespace Bayou.Gateway.Streaming;

/// <summary>Sends single answers through core NATS, from any thread.</summary>
internal sealed class StreamingReplies(SubjectRouter router)
{
    private readonly ConcurrentBag<InternalPublisher> _idle = [];
    private long _refusedPublishCount;

    /// <summary>Publishes that were answered with an error.</summary>
    public long RefusedPublishCount => Interlocked.Read(ref _refusedPublishCount);

    public void Send(string replyTo, IMessage message) => Send(Encoding.UTF8.GetBytes(replyTo), replyTo: [], message.ToByteArray());

    /// <summary>Publishes one message at once; how many received it.</summary>
    public int Send(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> payload)
    {
        if (subject.IsEmpty)
        {
            return 0;
        }

        var publisher = Rent();
        var receivers = publisher.Publish(subject, replyTo, payload).ReceiverCount;
        publisher.Flush();
        Return(publisher);
        return receivers;
    }

    public void RefusePublish(ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> guid, string error)
    {
        var text = Encoding.UTF8.GetBytes(error);
        var ack = new byte[guid.Length + text.Length + 16];
        CountRefused(1);
        Send(replyTo, replyTo: [], ack.AsSpan(0, StanWriter.WritePubAck(ack, guid, text)));
    }

    /// <summary>Counts publishes that are answered with an error by somebody else.</summary>
    public void CountRefused(int count) => Interlocked.Add(ref _refusedPublishCount, count);

    /// <summary>A publisher for the caller alone, until it is returned.</summary>
    public InternalPublisher Rent() => _idle.TryTake(out var publisher) ? publisher : router.CreatePublisher();

    public void Return(InternalPublisher publisher) => _idle.Add(publisher);
}
