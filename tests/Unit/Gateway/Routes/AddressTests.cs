using Bayou.Gateway;
using Bayou.Gateway.Routes;
using Xunit;

namespace Bayou.Unit.Gateway.Routes;

public sealed class AddressTests
{
    [Theory]
    [InlineData("nats://127.0.0.1:4244", "127.0.0.1:4244", null, null)]
    [InlineData("nats-route://u:p%40@host:1/", "host:1", "u", "p@")]
    [InlineData("host:7", "host:7", null, null)]
    [InlineData("host", "host:6222", null, null)]
    [InlineData("tls://[::1]:5", "[::1]:5", null, null)]
    [InlineData("nats://u@host:1", "host:1", "u", null)]
    public void RouteUrl_IsRead(string text, string address, string? user, string? password)
    {
        Assert.True(RouteUrl.TryParse(text, out RouteUrl? url));
        Assert.Equal((address, user, password), (url.Address, url.User, url.Password));
        Assert.DoesNotContain("p@", url.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("nats://")]
    [InlineData("nats://host:99999")]
    [InlineData("ftp://host:1")]
    public void WrongRouteUrl_IsRefused(string text) => Assert.False(RouteUrl.TryParse(text, out _));

    [Theory]
    [InlineData("host:7", "host:7")]
    [InlineData("host", "host:9")]
    [InlineData("host:-1", "host:9")]
    [InlineData("host:0", "host:9")]
    [InlineData("[::1]:7", "[::1]:7")]
    [InlineData("[::1]", "[::1]:9")]
    [InlineData("::1", "[::1]:9")]
    public void HostAndPort_AreRead(string text, string expected)
    {
        Assert.True(HostPort.TryParse(text, 9, out HostPort read));
        Assert.Equal(expected, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":7")]
    [InlineData("host:b")]
    [InlineData("host:70000")]
    public void WrongHostAndPort_AreRefused(string text) => Assert.False(HostPort.TryParse(text, 9, out _));

    [Fact]
    public void UrlThatTwoServersName_StaysUntilBothAreGone()
    {
        var urls = new ClientUrls(static () => ["own:1"]);
        int changes = 0;
        urls.Changed += () => changes++;
        urls.Add(["a:1", "b:1"]);
        urls.Add(["b:1"]);
        Assert.Equal(["own:1", "a:1", "b:1"], urls.All);
        urls.Remove(["a:1", "b:1"]);
        urls.Remove(["never:1"]);
        Assert.Equal(["own:1", "b:1"], urls.All);
        urls.Remove(["b:1"]);
        urls.WithdrawOwn();
        Assert.Empty(urls.All);
        Assert.Equal(3, changes);
    }

    [Fact]
    public void Pauses_GrowToTheLimitAndBeginAgain()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), new Random(1));
        double[] nominal = [100, 200, 400, 800, 1000, 1000];
        foreach (double longest in nominal) Assert.InRange(backoff.Next().TotalMilliseconds, longest / 2, longest);
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 50, 100);
    }
}
