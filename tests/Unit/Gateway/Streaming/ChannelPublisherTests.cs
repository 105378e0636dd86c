using System.Reflection;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

public sealed class ChannelPublisherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task CallAnsweredAtOnce_WhileEarlierAnswersArePassedOn_StopsNobody()
    {
        var channel = new LocalChannel();
        var client = new StalledClient();
        var router = new SubjectRouter();
        router.Subscribe("_INBOX.acks"u8, client);
        var publisher = new ChannelPublisher(
            new ChannelName("foo"), DispatchProxy.Create<IGrainFactory, NoGrains>(), channel, new StreamingReplies(router), static _ => { },
            TimeProvider.System, NullLogger.Instance);
        Add(publisher, "first");
        publisher.Send();
        Task passingOn = Task.Run(() => channel.First.SetResult(new PublishResult(1, null)), TestContext.Current.CancellationToken);
        await client.Reached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Task sending = Task.Run(() => Send(publisher, "second"), TestContext.Current.CancellationToken);
        await channel.SecondCalled.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        client.GoOn.Set();

        await Task.WhenAll(passingOn, sending).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(2, client.AckCount);
    }

    [Fact]
    public void CallThatFailsAtOnce_IsAnswered_AndSoAreThoseAfterIt()
    {
        var channel = new BrokenChannel();
        var client = new StalledClient();
        client.GoOn.Set();
        var router = new SubjectRouter();
        router.Subscribe("_INBOX.acks"u8, client);
        var replies = new StreamingReplies(router);
        var publisher = new ChannelPublisher(
            new ChannelName("foo"), DispatchProxy.Create<IGrainFactory, NoGrains>(), channel, replies, static _ => { },
            TimeProvider.System, NullLogger.Instance);
        Send(publisher, "refused");
        Assert.Equal((1, 1), (client.AckCount, replies.RefusedPublishCount));
        channel.IsBroken = false;
        Send(publisher, "taken");
        Assert.Equal((2, 1), (client.AckCount, replies.RefusedPublishCount));
    }

    private static void Send(ChannelPublisher publisher, string guid)
    {
        Add(publisher, guid);
        publisher.Send();
    }

    private static void Add(ChannelPublisher publisher, string guid)
    {
        byte[] payload = [2 << 3 | 2, (byte)guid.Length, .. System.Text.Encoding.ASCII.GetBytes(guid)];
        Assert.True(PubMsg.TryRead(payload, out var publish));
        Assert.True(publisher.TryAdd(new StreamingConnection(), publish, "_INBOX.acks"u8));
    }

    /// <summary>Answers the first call when it is told to, and every other before it returns.</summary>
    private sealed class LocalChannel : ILocalChannels, ILocalChannel
    {
        private int _calls;

        public TaskCompletionSource<PublishResult> First { get; } = new();

        public TaskCompletionSource SecondCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILocalChannel Find(ChannelName channel) => this;

        public Task<PublishResult> Enqueue(BatchBytes batch)
        {
            if (++_calls == 1) return First.Task;
            SecondCalled.TrySetResult();
            return Task.FromResult(new PublishResult(2, null));
        }

        public void Run()
        {
        }
    }

    /// <summary>Fails before there is a call that could.</summary>
    private sealed class BrokenChannel : ILocalChannels, ILocalChannel
    {
        public bool IsBroken { get; set; } = true;

        public ILocalChannel Find(ChannelName channel) => this;

        public Task<PublishResult> Enqueue(BatchBytes batch) =>
            IsBroken ? throw new InvalidOperationException("broken") : Task.FromResult(new PublishResult(1, null));

        public void Run()
        {
        }
    }

    /// <summary>Takes its first pub ack only after it was told to go on.</summary>
    private sealed class StalledClient : IInternalSubscriber
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim GoOn { get; } = new();

        public int AckCount { get; private set; }

        public void OnMessage(in PublishedMessage message)
        {
            AckCount++;
            Reached.TrySetResult();
            GoOn.Wait(Patience);
        }

        public void OnReadCompleted(Connection publisher)
        {
        }
    }

    public class NoGrains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => DispatchProxy.Create<IChannelGrain, StreamingSide.NoGrain>();
    }
}
