using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Xunit;

namespace Bayou.Unit.Gateway.Connections;

public sealed class OutboundQueueTests
{
    private readonly SubjectRouter _router = new();

    [Fact]
    public void FirstAppend_OwesTheFlushAndLaterOnesDoNot()
    {
        using var client = new FakeClient(_router);
        Assert.Equal(AppendResult.FlushOwed, client.Outbound.Append("a"u8));
        Assert.Equal(AppendResult.Queued, client.Outbound.Append("b"u8));
        Assert.Empty(client.Transport.Writes);
        client.Outbound.Flush();
        Assert.Equal(["ab"], client.Transport.Writes);
        Assert.Equal(0, client.Outbound.PendingBytes);
        Assert.Equal(AppendResult.FlushOwed, client.Outbound.Append("c"u8));
    }

    [Fact]
    public void ThousandsOfMessages_AreFewWrites()
    {
        using var client = new FakeClient(_router);
        byte[] message = new byte[100];
        for (int i = 0; i < 5000; i++) client.Outbound.Append(message);
        client.Outbound.Flush();
        Assert.Equal(500_000, client.Transport.Writes.Sum(static write => write.Length));
        Assert.InRange(client.Transport.Writes.Count, 1, 8);
    }

    [Fact]
    public async Task AppendsDuringAWrite_AreWrittenByTheWriter()
    {
        using var client = new FakeClient(_router);
        Task running = client.Outbound.RunAsync();
        client.Transport.Block();
        client.Outbound.Append("a"u8);
        client.Outbound.Flush();
        Assert.Equal(AppendResult.Queued, client.Outbound.Append("b"u8));
        client.Outbound.Flush();
        Assert.Equal(["a"], client.Transport.Writes);
        Task drained = client.Connection.WaitUntilDrainedAsync(1, TestContext.Current.CancellationToken).AsTask();
        Assert.False(drained.IsCompleted);
        client.Transport.Unblock();
        await drained;
        Assert.Equal(["a", "b"], client.Transport.Writes);
        client.Outbound.Close();
        await running;
    }

    [Fact]
    public void MoreThanTheLimit_IsOverflow()
    {
        using var client = new FakeClient(_router, maxPendingBytes: 10);
        Assert.Equal(AppendResult.FlushOwed, client.Outbound.Append("0123456789"u8));
        Assert.Equal(AppendResult.Overflow, client.Outbound.Append("x"u8));
    }

    [Fact]
    public void SlowConsumer_IsClosedWithoutAnotherByteAndOthersAreServed()
    {
        using var slow = new FakeClient(_router, id: 1, maxPendingBytes: 100);
        using var healthy = new FakeClient(_router, id: 2);
        slow.Transport.Block();
        slow.Subscribe("a");
        healthy.Subscribe("a");
        for (int i = 0; i < 20; i++) healthy.Publish("a", "0123456789");
        Assert.True(slow.Transport.IsAborted);
        Assert.Equal(ClosedReason.SlowConsumerPendingBytes, slow.Connection.ClosedReason);
        Assert.Single(slow.Transport.Writes);
        Assert.Equal(20, healthy.Outbound.DeliveredMessageCount);
    }

    [Fact]
    public async Task WriteThatOutlastsTheDeadline_ClosesTheConnection()
    {
        using var client = new FakeClient(_router);
        Task running = client.Outbound.RunAsync();
        client.Transport.Block();
        client.Outbound.Append("a"u8);
        client.Outbound.Flush();
        while (client.Connection.ClosedReason is null)
        {
            // The deadline starts on the writer's own thread, which may not have come so far.
            client.Time.Advance(TimeSpan.FromSeconds(11));
            await Task.Yield();
        }

        Assert.Equal(ClosedReason.SlowConsumerWriteDeadline, client.Connection.ClosedReason);
        client.Transport.Break();
        await Assert.ThrowsAsync<IOException>(() => running);
    }

    [Fact]
    public async Task Close_ReleasesWhoeverWaits()
    {
        using var client = new FakeClient(_router);
        client.Outbound.Append("a"u8);
        Task drained = client.Connection.WaitUntilDrainedAsync(1, TestContext.Current.CancellationToken).AsTask();
        client.Connection.Close(ClosedReason.ServerShutdown);
        await drained;
        Assert.Equal(AppendResult.Refused, client.Outbound.Append("b"u8));
        Assert.Equal(0, client.Connection.PendingBytes);
    }

    [Fact]
    public void AutoUnsubscribe_DeliversExactlyTheMaximum()
    {
        using var client = new FakeClient(_router);
        ClientSubscription subscription = client.Subscribe("a");
        client.Publish("a");
        Assert.False(client.Outbound.EndSubscription(subscription, 3));
        for (int i = 0; i < 5; i++) client.Publish("a");
        Assert.Equal(3, client.Outbound.DeliveredMessageCount);
        Assert.Equal(0, client.Connection.Subscriptions.Count);
        Assert.Equal(0, client.Publish("a").ReceiverCount);
    }

    [Fact]
    public void MaximumAlreadyReached_EndsAtOnce()
    {
        using var client = new FakeClient(_router);
        ClientSubscription subscription = client.Subscribe("a");
        client.Publish("a");
        client.Publish("a");
        Assert.True(client.Outbound.EndSubscription(subscription, 2));
    }
}
