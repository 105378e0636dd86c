using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

/// <summary>Messages that name another channel than their subject; what clients of this server may do is shown by the conformance tests.</summary>
public sealed class PublishRightsTests
{
    [Theory]
    [InlineData("_STAN.pub.c.orders", "orders", true)]
    [InlineData("_STAN.pub.c.orders.new", "orders.new", true)]
    [InlineData("_STAN.pub.c.orders", "secret", false)]
    [InlineData("_STAN.pub.c.orders", "rders", false)]
    [InlineData("_STAN.pub.c.orders", "orders.new", false)]
    public void FromAnotherServer_ItMustBeTheSubjectsOwn(string subject, string channel, bool isAllowed)
    {
        var message = new PublishedMessage { Subject = Encoding.UTF8.GetBytes(subject) };
        Assert.Equal(isAllowed, new PublishRights("_STAN.pub.c").Allow(message, Encoding.UTF8.GetBytes(channel)));
    }
}
