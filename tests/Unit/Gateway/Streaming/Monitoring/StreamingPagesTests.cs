using System.Text.Json;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Orleans.Runtime;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>What the pages make of figures and queries, apart from any recording.</summary>
public sealed class StreamingPagesTests
{
    private static readonly MemberView Receiver = new(
        "alpha", "_INBOX.a", "_INBOX.b", DurableName: "", QueueName: "", IsDurable: false, IsOffline: false, 16, 30, 7, 2, IsStalled: false);

    [Theory]
    [InlineData("", 0, 1024, "a b c d e")]
    [InlineData("?limit=2", 0, 2, "a b")]
    [InlineData("?offset=3&limit=2", 3, 2, "d e")]
    [InlineData("?offset=4&limit=2", 4, 2, "e")]
    [InlineData("?offset=-2&limit=-3", 0, 1024, "a b c d e")]
    [InlineData("?offset=x&limit=0", 0, 1024, "a b c d e")]
    [InlineData("?limit=1&limit=3", 0, 1, "a")]
    [InlineData("?offset=9", 9, 1024, "")]
    public async Task Page_HoldsWhatOffsetAndLimitSelect(string query, int offset, int limit, string names)
    {
        var page = await GetPageAsync(FiveChannels(), "/streaming/channelsz" + query);

        Assert.Equal(offset, page.GetProperty("offset").GetInt32());
        Assert.Equal(limit, page.GetProperty("limit").GetInt32());
        Assert.Equal(5, page.GetProperty("total").GetInt32());
        var shown = page.TryGetProperty("names", out var list) ? list.EnumerateArray().Select(name => name.GetString()!).ToList() : [];
        Assert.Equal(names, string.Join(' ', shown));
        Assert.Equal(shown.Count, page.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("subs=1", true)]
    [InlineData("subs=true", false)]
    [InlineData("subs=0", false)]
    [InlineData("", false)]
    public async Task Subscriptions_AreShownForTheLiteralOneOnly(string query, bool shown)
    {
        var monitoring = new FakeMonitoring { Channels = [Channel("foo", Receiver)] };
        var page = await GetPageAsync(monitoring, "/streaming/channelsz?channel=foo&" + query);
        Assert.Equal(shown, page.TryGetProperty("subscriptions", out _));
    }

    [Fact]
    public async Task OfflineDurable_IsShownWithItsNameAndLastOwner()
    {
        var member = Receiver with { DurableName = "dur", IsDurable = true, IsOffline = true };
        var shown = await GetOnlyMemberAsync(member);

        Assert.Equal("alpha", shown.GetProperty("client_id").GetString());
        Assert.Equal("dur", shown.GetProperty("durable_name").GetString());
        Assert.True(shown.GetProperty("is_offline").GetBoolean());
        Assert.False(shown.TryGetProperty("queue_name", out _));
    }

    [Fact]
    public async Task DurableQueueMember_IsShownUnderBothNamesInOne()
    {
        var shown = await GetOnlyMemberAsync(Receiver with { QueueName = "dur:group", IsDurable = true });

        Assert.Equal("dur:group", shown.GetProperty("queue_name").GetString());
        Assert.False(shown.TryGetProperty("durable_name", out _));
    }

    [Fact]
    public async Task ServerPage_TellsTimesAndUptime()
    {
        var browser = new Browser(new FakeMonitoring());
        browser.Time.Advance(TimeSpan.FromSeconds(3 * 3600 + 61.5));
        var page = JsonDocument.Parse((await browser.GetAsync("/streaming/serverz")).Body).RootElement;

        Assert.Equal("2026-03-04T05:06:07Z", page.GetProperty("start_time").GetString());
        Assert.Equal("2026-03-04T08:07:08.5Z", page.GetProperty("now").GetString());
        Assert.Equal("3h1m1s", page.GetProperty("uptime").GetString());
        Assert.Equal("STANDALONE", page.GetProperty("state").GetString());
    }

    [Fact]
    public async Task StorePage_TellsTimesInNanoseconds()
    {
        var limits = new ChannelLimits { MaxAge = TimeSpan.FromSeconds(2), MaxInactivity = TimeSpan.FromDays(1) };
        var page = await GetPageAsync(new FakeMonitoring { Limits = new LimitFigures(7, limits, []) }, "/streaming/storez");

        var shown = page.GetProperty("limits");
        Assert.Equal(7, shown.GetProperty("max_channels").GetInt32());
        Assert.Equal(2_000_000_000, shown.GetProperty("max_age").GetInt64());
        Assert.Equal(86_400_000_000_000, shown.GetProperty("max_inactivity").GetInt64());
        Assert.False(shown.TryGetProperty("channels", out _));
    }

    [Theory]
    [InlineData("/streaming/SERVERZ")]
    [InlineData("/streaming/isftactive")]
    [InlineData("/streaming/")]
    [InlineData("/streaming/serverz/")]
    public async Task AnyOtherPath_IsNotFound(string path)
    {
        var (response, body) = await new Browser(new FakeMonitoring()).GetAsync(path);
        Assert.Equal(404, response.StatusCode);
        Assert.Equal("404 page not found\n", body);
    }

    [Fact]
    public async Task MarkupInNames_IsEscaped()
    {
        var (_, body) = await new Browser(new FakeMonitoring { Channels = [Channel("<a>&")] }).GetAsync("/streaming/channelsz?channel=%3Ca%3E%26");
        Assert.Contains(@"""name"": ""\u003ca\u003e\u0026""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloThatCannotAnswer_IsServiceUnavailable()
    {
        var (response, body) = await new Browser(new FakeMonitoring { Failure = new OrleansException("stopping") }).GetAsync("/streaming/serverz");
        Assert.Equal(503, response.StatusCode);
        Assert.Equal("Streaming is not available\n", body);
    }

    private static FakeMonitoring FiveChannels() => new() { Channels = [Channel("a"), Channel("b"), Channel("c"), Channel("d"), Channel("e")] };

    private static ChannelFigures Channel(string name, params MemberView[] members) => new(name, 0, 0, 0, 0, members.Length, members);

    private static async Task<JsonElement> GetOnlyMemberAsync(MemberView member)
    {
        var page = await GetPageAsync(new FakeMonitoring { Channels = [Channel("foo", member)] }, "/streaming/channelsz?channel=foo&subs=1");
        return Assert.Single(page.GetProperty("subscriptions").EnumerateArray());
    }

    private static async Task<JsonElement> GetPageAsync(FakeMonitoring monitoring, string target) =>
        JsonDocument.Parse((await new Browser(monitoring).GetAsync(target)).Body).RootElement;
}
