using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class ProtocolErrorsTests
{
    [Theory]
    [InlineData(ProtocolError.UnknownOperation, "Unknown Protocol Operation")]
    [InlineData(ProtocolError.ControlLineTooLong, "maximum control line exceeded")]
    [InlineData(ProtocolError.PayloadTooLarge, "Maximum Payload Violation")]
    [InlineData(ProtocolError.AuthorizationViolation, "Authorization Violation")]
    [InlineData(ProtocolError.AuthenticationTimeout, "Authentication Timeout")]
    [InlineData(ProtocolError.InvalidClientProtocol, "invalid client protocol")]
    [InlineData(ProtocolError.NoRespondersRequiresHeaders, "no responders requires headers support")]
    [InlineData(ProtocolError.MaxConnectionsExceeded, "maximum connections exceeded")]
    [InlineData(ProtocolError.StaleConnection, "Stale Connection")]
    [InlineData(ProtocolError.MaxSubscriptionsExceeded, "maximum subscriptions exceeded")]
    [InlineData(ProtocolError.InvalidSubject, "Invalid Subject")]
    [InlineData(ProtocolError.InvalidPublishSubject, "Invalid Publish Subject")]
    public void Line_IsTheTextThatClientsKnow(ProtocolError error, string text) =>
        Assert.Equal($"-ERR '{text}'\r\n", Encoding.ASCII.GetString(ProtocolErrors.Line(error)));

    [Fact]
    public void LinesThatNameASubject_QuoteIt()
    {
        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"a.b\", too many tokens'\r\n", Encoding.ASCII.GetString(ProtocolErrors.TooManyTokensLine("a.b"u8)));
        Assert.Equal("-ERR 'Permissions Violation for Publish to \"a\"'\r\n", Encoding.ASCII.GetString(ProtocolErrors.PublishViolationLine("a"u8)));
        Assert.Equal("-ERR 'Permissions Violation for Publish to \"\\xff\\\"\"'\r\n", Encoding.ASCII.GetString(ProtocolErrors.PublishViolationLine([0xff, (byte)'"'])));
        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"a\"'\r\n", Encoding.ASCII.GetString(ProtocolErrors.SubscriptionViolationLine("a"u8, default)));
        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"a\" using queue \"q\"'\r\n", Encoding.ASCII.GetString(ProtocolErrors.SubscriptionViolationLine("a"u8, "q"u8)));
        Assert.Equal("-ERR 'Permissions Violation for Subscription to \"a\" (sid \"7\")'\r\n", Encoding.ASCII.GetString(ProtocolErrors.SubscriptionEndedLine("a"u8, "7"u8)));
        Assert.Equal("-ERR 'Permissions Violation for Publish with Reply of \"r\"'\r\n", Encoding.ASCII.GetString(ProtocolErrors.ReplyViolationLine("r"u8)));
    }

    [Fact]
    public void EveryError_HasALineAndAFate()
    {
        foreach (ProtocolError error in Enum.GetValues<ProtocolError>())
        {
            bool staysOpen = error is ProtocolError.None or ProtocolError.MaxSubscriptionsExceeded or ProtocolError.InvalidSubject
                or ProtocolError.InvalidPublishSubject or ProtocolError.TooManyTokens or ProtocolError.SubscriptionViolation or ProtocolError.Undecided;
            Assert.Equal(staysOpen, ProtocolErrors.Closes(error) is null);
            Assert.True(ProtocolErrors.Line(error).Length >= 0);
        }
    }

    [Fact]
    public void EveryClosedReason_HasAText()
    {
        foreach (ClosedReason reason in Enum.GetValues<ClosedReason>()) Assert.NotEmpty(ClosedReasons.Text(reason));
    }
}
