using System.Globalization;
using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Gateway.Authorization;

public sealed class ConnectionPermissionsTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("", "", "a", true)]
    [InlineData("a", "", "a", true)]
    [InlineData("a", "", "b", false)]
    [InlineData("a.*", "", "a.b", true)]
    [InlineData("a.*", "", "a.b.c", false)]
    [InlineData("a.*", "", "a.>", true)]
    [InlineData("a.>", "", "a.b.c", true)]
    [InlineData("a.>", "", "a", false)]
    [InlineData("a.>", "", "a..b", false)]
    [InlineData("a b", "", "a", false)]
    [InlineData("", "a", "a", false)]
    [InlineData("", "a", "b", true)]
    [InlineData("a.>", "a.x", "a.x", false)]
    [InlineData("a.>", "a.x", "a.y", true)]
    [InlineData("a.>", "a.>", "a.y", false)]
    public void Publishing_IsAsTheListsSay(string allow, string deny, string subject, bool isAllowed)
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Publish = Lists(allow, deny) });
        Assert.Equal(isAllowed, permissions.AllowPublish(Bytes(subject)));
        Assert.Equal(isAllowed, permissions.AllowPublish(Bytes(subject)));
    }

    [Fact]
    public void RememberedVerdicts_AreThoseOfTheRules_HoweverManySubjectsPushEachOtherOut()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Publish = Lists("even.*," + new string('x', 300), "") });
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 2000; i++)
            {
                Assert.True(permissions.AllowPublish(Bytes($"even.{i}")));
                Assert.False(permissions.AllowPublish(Bytes($"odd.{i}")));
            }

            Assert.True(permissions.AllowPublish(Bytes(new string('x', 300))));
            Assert.False(permissions.AllowPublish(Bytes(new string('x', 301))));
        }
    }

    [Fact]
    public void Verdicts_AllocateNothingOnceWarm()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Publish = Lists("a.>", "a.secret.>") });
        byte[][] subjects = [.. Enumerable.Range(0, 1000).Select(static i => Bytes(string.Create(CultureInfo.InvariantCulture, $"a.{i:0000}")))];
        int allowed = Count(permissions, subjects) + Count(permissions, subjects);
        long before = GC.GetAllocatedBytesForCurrentThread();
        allowed += Count(permissions, subjects);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3000, allowed);
    }

    [Fact]
    public void DeniedSubject_DoesNotReachASubscriptionWithWildcards()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Subscribe = Lists("", "a.secret,b.*.x") });
        Assert.True(permissions.AllowSubscribe("a.*"u8, default));
        Assert.False(Deliver(permissions, "a.secret"));
        Assert.True(Deliver(permissions, "a.open"));

        // Here the wildcards meet half way.
        Assert.True(permissions.AllowSubscribe("b.c.*"u8, default));
        Assert.False(Deliver(permissions, "b.c.x"));
        Assert.True(Deliver(permissions, "b.c.y"));
    }

    [Fact]
    public void DeniedGroup_DoesNotHideMessages()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Subscribe = Lists("", "a.b g") });
        Assert.True(permissions.AllowSubscribe("a.*"u8, default));
        Assert.True(Deliver(permissions, "a.b"));
    }

    [Fact]
    public void Request_MayBeAnsweredOnceByDefault_AndNothingElsePublished()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Responses = new ResponsePermission() });
        Assert.False(permissions.AllowPublish("inbox.1"u8));
        Assert.True(Deliver(permissions, "service", "inbox.1"));
        Assert.False(permissions.AllowPublish("inbox.2"u8));
        Assert.True(permissions.AllowPublish("inbox.1"u8));
        Assert.False(permissions.AllowPublish("inbox.1"u8));
    }

    [Fact]
    public void SecondRequestWithTheSameInbox_StartsAnew()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Responses = new ResponsePermission { MaxMessages = 2 } });
        Deliver(permissions, "service", "inbox");
        Assert.True(permissions.AllowPublish("inbox"u8));
        Deliver(permissions, "service", "inbox");
        Assert.True(permissions.AllowPublish("inbox"u8));
        Assert.True(permissions.AllowPublish("inbox"u8));
        Assert.False(permissions.AllowPublish("inbox"u8));
    }

    [Fact]
    public void Request_MayBeAnsweredUntilItExpires()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Responses = new ResponsePermission { MaxMessages = -1, Expires = TimeSpan.FromSeconds(3) } });
        Deliver(permissions, "service", "inbox");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(permissions.AllowPublish("inbox"u8));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(permissions.AllowPublish("inbox"u8));
    }

    [Fact]
    public void RequestWithoutLimits_MayBeAnsweredForEver()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Responses = new ResponsePermission { MaxMessages = -1, Expires = TimeSpan.FromSeconds(-1) } });
        Deliver(permissions, "service", "inbox");
        _time.Advance(TimeSpan.FromDays(100));
        for (int i = 0; i < 100; i++) Assert.True(permissions.AllowPublish("inbox"u8));
    }

    [Fact]
    public void Answer_MayGoWhereItIsDeniedOtherwise_AndTheListsHoldForTheRest()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Publish = Lists("log.>", "inbox.>"), Responses = new ResponsePermission() });
        Deliver(permissions, "service", "inbox.1");
        Assert.True(permissions.AllowPublish("inbox.1"u8));
        Assert.False(permissions.AllowPublish("inbox.1"u8));
        Assert.True(permissions.AllowPublish("log.x"u8));
    }

    [Fact]
    public void HiddenRequest_CannotBeAnswered()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Subscribe = Lists("", "service.secret"), Responses = new ResponsePermission() });
        permissions.AllowSubscribe("service.*"u8, default);
        Assert.False(Deliver(permissions, "service.secret", "inbox"));
        Assert.False(permissions.AllowPublish("inbox"u8));
    }

    [Fact]
    public void MoreRequestsThanCanBeRemembered_PushOutTheOldest()
    {
        ConnectionPermissions permissions = Permissions(new UserPermissions { Responses = new ResponsePermission() });
        for (int i = 0; i <= ExpectedReplies.MaxCount; i++) Deliver(permissions, "service", $"inbox.{i}");
        Assert.False(permissions.AllowPublish("inbox.0"u8));
        Assert.True(permissions.AllowPublish("inbox.1"u8));
        Assert.True(permissions.AllowPublish(Bytes($"inbox.{ExpectedReplies.MaxCount}")));
    }

    private static int Count(ConnectionPermissions permissions, byte[][] subjects)
    {
        int count = 0;
        foreach (byte[] subject in subjects)
        {
            if (permissions.AllowPublish(subject)) count++;
        }

        return count;
    }

    private static bool Deliver(ConnectionPermissions permissions, string subject, string replyTo = "") =>
        permissions.AllowDelivery(new PublishedMessage { Subject = Bytes(subject), ReplyTo = Bytes(replyTo) });

    private static SubjectPermissions Lists(string allow, string deny) => new() { Allow = List(allow), Deny = List(deny) };

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private ConnectionPermissions Permissions(UserPermissions permissions) => new(new UserRules(permissions), _time);
}
