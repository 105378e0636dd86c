using System.Text;
using Bayou.Gateway.Authorization;
using Xunit;

namespace Bayou.Unit.Gateway.Authorization;

/// <summary>Who may subscribe to what, by lists of what is allowed and denied; lists are written with commas.</summary>
public sealed class SubscribeRulesTests
{
    [Theory]
    [InlineData("", "", "a", true)]
    [InlineData("", "", ">", true)]
    [InlineData("a", "", "a", true)]
    [InlineData("a", "", "b", false)]
    [InlineData("a", "", "a.b", false)]
    [InlineData("a", "", "*", false)]
    [InlineData("a.*", "", "a.b", true)]
    [InlineData("a.*", "", "a.*", true)]
    [InlineData("a.*", "", "a.>", false)]
    [InlineData("a.*", "", "*.b", false)]
    [InlineData("a.>", "", "a.*", true)]
    [InlineData("a.>", "", "a.b.>", true)]
    [InlineData("a.>", "", "a.>", true)]
    [InlineData("a.>", "", "a", false)]
    [InlineData("a.>", "", ">", false)]
    [InlineData("a.>", "", "a..b", false)]
    [InlineData(">", "", ">", true)]
    [InlineData("*", "", ">", false)]
    [InlineData("a.*.c", "", "a.b.c", true)]
    [InlineData("a.*.c", "", "a.*.*", false)]
    [InlineData("x,a.b,y", "", "a.b", true)]
    [InlineData("", "a", "a", false)]
    [InlineData("", "a", "b", true)]
    [InlineData("", "a", ">", true)]
    [InlineData("", "a.*", "a.*", false)]
    [InlineData("", "a.*", "a.>", false)]
    [InlineData("", "a.*", "*.*", true)]
    [InlineData("", ">", "a", false)]
    [InlineData("a.>", "a.b", "a.b", false)]
    [InlineData("a.>", "a.b", "a.c", true)]
    [InlineData("a.>", "a.b", "b.b", false)]
    public void Alone(string allow, string deny, string subject, bool isAllowed) => Assert.Equal(isAllowed, Judge(allow, deny, subject, ""));

    [Theory]
    [InlineData("a", "", "a", "g", true)]
    [InlineData("a g", "", "a", "", false)]
    [InlineData("a g", "", "a", "g", true)]
    [InlineData("a g", "", "a", "h", false)]
    [InlineData("a g", "", "b", "g", false)]
    [InlineData("a,a g", "", "a", "", true)]
    [InlineData("a,a g", "", "a", "g", true)]
    [InlineData("a,a g", "", "a", "h", false)]
    [InlineData("a,a g,a h", "", "a", "h", true)]
    [InlineData("a.* g", "", "a.b", "g", true)]
    [InlineData("a.* g", "", "a.>", "g", false)]
    [InlineData("a  \tg", "", "a", "g", true)]
    [InlineData("a v1.*", "", "a", "v1.x", true)]
    [InlineData("a v1.*", "", "a", "v1.*", true)]
    [InlineData("a v1.*", "", "a", "v1", false)]
    [InlineData("a v1.*", "", "a", "v1.>", false)]
    [InlineData("a *.dev", "", "a", "v1.dev", true)]
    [InlineData("a *.dev", "", "a", "v1.prod", false)]
    [InlineData("a x..y", "", "a", "x..y", true)]
    [InlineData("", "a g", "a", "", true)]
    [InlineData("", "a g", "a", "g", false)]
    [InlineData("", "a g", "a", "h", true)]
    [InlineData("", "a,a g", "a", "", false)]
    [InlineData("", "a,a g", "a", "g", false)]
    [InlineData("", "a,a g", "a", "h", true)]
    [InlineData("", "a", "a", "g", false)]
    [InlineData("", "> *.prod", "a", "v1.prod", false)]
    [InlineData("", "> *.prod", "a", "v1.dev", true)]
    [InlineData("a g", "a g", "a", "g", false)]
    public void AsMemberOfAQueueGroup(string allow, string deny, string subject, string queueGroup, bool isAllowed) =>
        Assert.Equal(isAllowed, Judge(allow, deny, subject, queueGroup));

    private static bool Judge(string allow, string deny, string subject, string queueGroup)
    {
        var rules = new SubscribeRules(new SubjectPermissions { Allow = List(allow), Deny = List(deny) });
        return rules.Allow(Encoding.ASCII.GetBytes(subject), Encoding.ASCII.GetBytes(queueGroup));
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
