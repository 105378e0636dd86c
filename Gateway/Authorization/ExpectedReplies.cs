using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// The requests that a connection received and may still answer. Publishers on any thread add to it; the connection's read loop asks.
/// </summary>
internal sealed class ExpectedReplies(ResponsePermission permission, TimeProvider time)
{
    /// <summary>
    /// Unanswered requests that one connection may have; the oldest are forgotten first. nats-server has no bound; this one is some megabytes.
    /// </summary>
    public const int MaxCount = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], LinkedListNode<Reply>> _bySubject = new(Utf8KeyComparer.Instance);
    private readonly LinkedList<Reply> _oldestFirst = new();

    /// <summary>A request with this reply subject is about to be delivered. Where that is in use already, it starts anew.</summary>
    public void Expect(ReadOnlySpan<byte> replyTo)
    {
        lock (_gate)
        {
            if (Find(replyTo) is { } known) Remove(known);
            while (_oldestFirst.First is { } oldest && (_oldestFirst.Count >= MaxCount || HasExpired(oldest.Value))) Remove(oldest);
            byte[] subject = replyTo.ToArray();
            _bySubject.Add(subject, _oldestFirst.AddLast(new Reply(subject, time.GetTimestamp())));
        }
    }

    /// <summary>Whether an answer may be published there, which then counts.</summary>
    public bool TryTake(ReadOnlySpan<byte> subject)
    {
        lock (_gate)
        {
            if (Find(subject) is not { } found) return false;
            bool isInTime = !HasExpired(found.Value);
            found.ValueRef.SentCount++;
            bool wasLast = permission.MaxMessages >= 0 && found.Value.SentCount >= permission.MaxMessages;
            if (!isInTime || wasLast) Remove(found);
            return isInTime;
        }
    }

    private LinkedListNode<Reply>? Find(ReadOnlySpan<byte> subject) =>
        _bySubject.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(subject, out LinkedListNode<Reply>? found) ? found : null;

    private void Remove(LinkedListNode<Reply> reply)
    {
        _bySubject.Remove(reply.Value.Subject);
        _oldestFirst.Remove(reply);
    }

    private bool HasExpired(in Reply reply) => permission.Expires >= TimeSpan.Zero && time.GetElapsedTime(reply.Received) > permission.Expires;

    private struct Reply(byte[] subject, long received)
    {
        public readonly byte[] Subject = subject;
        public readonly long Received = received;
        public int SentCount;
    }
}
