using System.Text;
using Bayou.Gateway.Protocol;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class SubjectRulesTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("a.b.c", true)]
    [InlineData("*", true)]
    [InlineData(">", true)]
    [InlineData("a.*.c", true)]
    [InlineData("a.>", true)]
    [InlineData("*.*", true)]
    [InlineData("foo*", true)]
    [InlineData("a.>x", true)]
    [InlineData(">>", true)]
    [InlineData("**", true)]
    [InlineData("*a.b*", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData(".a", false)]
    [InlineData("a.", false)]
    [InlineData("a..b", false)]
    [InlineData(">.a", false)]
    [InlineData("a.>.b", false)]
    [InlineData("a b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\r", false)]
    [InlineData("a\nb", false)]
    public void Subject_IsValidOrNot(string subject, bool expected) => Assert.Equal(expected, SubjectRules.IsValid(Bytes(subject)));

    [Theory]
    [InlineData("a", true)]
    [InlineData("foo*", true)]
    [InlineData("a.>b", true)]
    [InlineData("*", false)]
    [InlineData("a.*", false)]
    [InlineData("a.>", false)]
    [InlineData("a.*.b", false)]
    [InlineData("a..b", false)]
    public void Subject_IsValidLiteralOrNot(string subject, bool expected) => Assert.Equal(expected, SubjectRules.IsValidLiteral(Bytes(subject)));

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a", "a.b", false)]
    [InlineData("a.b", "a", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a.b", false)]
    [InlineData("a.*", "a.b", true)]
    [InlineData("a.*", "a", false)]
    [InlineData(">", "a", true)]
    [InlineData(">", "a.b.c", true)]
    [InlineData("a.>", "a", false)]
    [InlineData("a.>", "a.b", true)]
    [InlineData("a.>", "a.b.c", true)]
    [InlineData("*.b.>", "a.b.c", true)]
    [InlineData("*.b.>", "a.b", false)]
    [InlineData("foo*", "foox", false)]
    [InlineData("foo*", "foo*", true)]
    [InlineData(">", "a..b", false)]
    [InlineData("a.*", "a.", false)]
    [InlineData(">", "*", true)]
    public void Pattern_MatchesOrNot(string pattern, string subject, bool expected) =>
        Assert.Equal(expected, SubjectRules.Matches(Bytes(pattern), Bytes(subject)));

    [Theory]
    [InlineData("_R_.x", true)]
    [InlineData("_GR_.x", true)]
    [InlineData("$JS.ACK.x", true)]
    [InlineData("_R_", false)]
    [InlineData("_INBOX.x", false)]
    [InlineData("", false)]
    public void Reply_IsReservedOrNot(string reply, bool expected) => Assert.Equal(expected, SubjectRules.IsReservedReply(Bytes(reply)));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
