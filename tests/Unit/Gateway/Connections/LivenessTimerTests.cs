using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Xunit;

namespace Bayou.Unit.Gateway.Connections;

public sealed class LivenessTimerTests
{
    private static readonly GatewayOptions Options = new() { PingInterval = TimeSpan.FromSeconds(60), MaxPingsOut = 2, AuthTimeout = TimeSpan.FromSeconds(1) };

    [Fact]
    public void SilentClient_IsAskedTwiceAndThenClosed()
    {
        using var client = new FakeClient(new SubjectRouter());
        using var timer = new LivenessTimer(client.Connection, () => LivenessLimits.OfClients(Options), client.Time);
        timer.Start(awaitConnect: false);
        client.Time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.Equal("PING\r\n", client.Transport.Written);
        client.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("PING\r\nPING\r\n", client.Transport.Written);
        client.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("PING\r\nPING\r\n-ERR 'Stale Connection'\r\n", client.Transport.Written);
        Assert.Equal(ClosedReason.StaleConnection, client.Connection.ClosedReason);
        Assert.Equal(1, client.Transport.CancelReadCount);
    }

    [Fact]
    public void ActiveClient_IsNotAskedAgain()
    {
        using var client = new FakeClient(new SubjectRouter());
        using var timer = new LivenessTimer(client.Connection, () => LivenessLimits.OfClients(Options), client.Time);
        timer.Start(awaitConnect: false);
        client.Time.Advance(TimeSpan.FromSeconds(2.4));
        client.Time.Advance(TimeSpan.FromMilliseconds(1));
        timer.OnPong();
        for (int i = 0; i < 100; i++)
        {
            client.Connection.Statistics.LastActivity = client.Time.GetUtcNow();
            client.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal("PING\r\n", client.Transport.Written);
        Assert.False(client.Connection.IsClosed);
    }

    [Fact]
    public void NoConnectInTime_Closes()
    {
        using var client = new FakeClient(new SubjectRouter());
        using var timer = new LivenessTimer(client.Connection, () => LivenessLimits.OfClients(Options), client.Time);
        timer.Start(awaitConnect: true);
        client.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("-ERR 'Authentication Timeout'\r\n", client.Transport.Written);
        Assert.Equal(ClosedReason.AuthenticationTimeout, client.Connection.ClosedReason);
    }

    [Fact]
    public void ConnectInTime_TurnsToPings()
    {
        using var client = new FakeClient(new SubjectRouter());
        using var timer = new LivenessTimer(client.Connection, () => LivenessLimits.OfClients(Options), client.Time);
        timer.Start(awaitConnect: true);
        timer.OnConnected();
        client.Time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.Equal("PING\r\n", client.Transport.Written);
    }
}
