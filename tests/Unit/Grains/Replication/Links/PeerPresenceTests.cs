using Bayou.Grains.Replication.Links;
using Xunit;

namespace Bayou.Unit.Grains.Replication.Links;

public sealed class PeerPresenceTests
{
    private readonly PeerPresence _presence = new();

    [Fact]
    public void PeerThatNeverTookACall_IsNotGone() => Assert.False(_presence.OnRefused(begun: 5));

    [Fact]
    public void RefusalAfterACallWasTaken_IsNewsOnce()
    {
        _presence.OnConnected(now: 5);
        Assert.True(_presence.OnRefused(begun: 6));
        Assert.False(_presence.OnRefused(begun: 7));
    }

    [Fact]
    public void RefusalOfACallFromBeforeAnotherWasTaken_SaysNothing()
    {
        _presence.OnConnected(now: 5);
        Assert.True(_presence.OnRefused(begun: 6));
        _presence.OnConnected(now: 9);
        Assert.False(_presence.OnRefused(begun: 8));
        Assert.True(_presence.OnRefused(begun: 10));
    }
}
