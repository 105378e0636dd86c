using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Xunit;

namespace Bayou.Unit.Grains.Channels;

public sealed class InactivityClockTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly ChannelStateMachine _machine = new("channel");

    [Fact]
    public void ChannelWithoutASubscriber_IsDueAfterItsPeriod()
    {
        var clock = new InactivityClock(Period, At(5));
        Assert.Equal(TimeSpan.FromSeconds(10), clock.UntilDue(_machine, At(5)));
        Assert.Equal(TimeSpan.FromSeconds(1), clock.UntilDue(_machine, At(14)));
        Assert.Equal(TimeSpan.Zero, clock.UntilDue(_machine, At(15)));
        Assert.Equal(TimeSpan.Zero, clock.UntilDue(_machine, At(100)));
        clock.Restart(At(100));
        Assert.Equal(Period, clock.UntilDue(_machine, At(100)));
    }

    [Fact]
    public void Subscriber_HoldsTheChannelAndAnOfflineDurableDoesNot()
    {
        var clock = new InactivityClock(Period, At(0));
        var record = new SubscriptionRecord { Number = 1, DurableName = "durable", ClientId = "client" };
        record.Members.Add(new MemberRecord { Id = 2, ClientId = "client", Inbox = "_INBOX.1" });
        _machine.Apply(new ChannelCommand { CreateSubscription = record });
        Assert.Null(clock.UntilDue(_machine, At(100)));
        _machine.Apply(new ChannelCommand { RemoveMember = new RemoveMember { Subscription = 1, Member = 2 } });
        Assert.Equal(TimeSpan.Zero, clock.UntilDue(_machine, At(100)));
    }

    [Fact]
    public void ChannelWithoutAPeriod_IsNeverDue() => Assert.Null(new InactivityClock(TimeSpan.Zero, At(0)).UntilDue(_machine, At(1_000_000)));

    private static long At(int seconds) => TimeSpan.FromSeconds(seconds).Ticks;
}
