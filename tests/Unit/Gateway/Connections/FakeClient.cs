using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Bayou.Unit.Gateway.Connections;

/// <summary>A connection without a socket.</summary>
internal sealed class FakeClient : IDisposable
{
    private readonly SubjectRouter _router;

    public FakeClient(SubjectRouter router, ulong id = 1, long maxPendingBytes = 1024 * 1024, FakeTimeProvider? time = null, bool keepsWrites = true)
    {
        _router = router;
        Transport = new FakeTransport { KeepsWrites = keepsWrites };
        Time = time ?? new FakeTimeProvider();
        var deadline = new WriteDeadline(Time, TimeSpan.FromSeconds(10), () => Connection!.Close(ClosedReason.SlowConsumerWriteDeadline));
        Outbound = new OutboundQueue(Transport, deadline, maxPendingBytes);
        Connection = new ClientConnection(new ConnectionId(id), Transport, Outbound, router, new ConnectionStatistics(Time.GetUtcNow()));
    }

    public FakeTimeProvider Time { get; }

    public FakeTransport Transport { get; }

    public OutboundQueue Outbound { get; }

    public ClientConnection Connection { get; }

    public ClientSubscription Subscribe(string subject, string sid = "1", string? queueGroup = null)
    {
        var subscription = new ClientSubscription(Connection, Bytes(subject), queueGroup is null ? null : Bytes(queueGroup), Bytes(sid));
        if (!Connection.Subscriptions.TryAdd(subscription)) throw new InvalidOperationException("The sid is in use.");
        return subscription;
    }

    /// <summary>Lets it do no more than that.</summary>
    public void Restrict(UserPermissions permissions) => Connection.Permissions = new ConnectionPermissions(new UserRules(permissions), Time);

    public PublishOutcome Publish(string subject, string payload = "")
    {
        InternalPublisher publisher = _router.CreatePublisher();
        PublishOutcome outcome = publisher.Publish(Bytes(subject), default, Bytes(payload));
        publisher.Flush();
        return outcome;
    }

    public void Dispose() => Outbound.Dispose();

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
