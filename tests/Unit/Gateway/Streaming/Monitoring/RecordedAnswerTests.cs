using System.Text.RegularExpressions;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>A server that holds what a NATS Streaming server held answers what that one answered, byte for byte.</summary>
public sealed partial class RecordedAnswerTests
{
    private static readonly string[] ComparedHeaders = ["Content-Type", "Access-Control-Allow-Origin", "X-Content-Type-Options"];

    public static TheoryData<string, string?> Requests
    {
        get
        {
            var data = new TheoryData<string, string?>();
            foreach (var server in (string[])["standalone-memory-empty", "standalone-file", "cluster-leader", "cluster-follower"])
            {
                foreach (var request in RecordedServer.RequestsOf(server))
                {
                    data.Add(server, request.Target);
                }
            }

            if (data.Count == 0)
            {
                data.Add("standalone-file", null);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_IsAnsweredAsRecorded(string server, string? target)
    {
        Assert.SkipWhen(target is null, RecordedServer.MissingData);
        var recorded = new RecordedServer(server);
        var request = RecordedServer.RequestsOf(server).First(request => request.Target == target);
        var (response, body) = await new Browser(recorded.Monitoring, recorded.Options).GetAsync(request.Target);

        Assert.Equal(request.Status, response.StatusCode);
        var headers = recorded.HeadersOf(request);
        Assert.All(ComparedHeaders, name => Assert.Equal(headers.GetValueOrDefault(name), (string?)response.Headers[name]));
        if (request.Target != "/streaming")
        {
            Assert.Equal(WithoutVolatile(recorded.BodyOf(request)), WithoutVolatile(body));
        }
    }

    /// <summary>Keeps names, order, types and layout; hides the values that are another server's or another moment's.</summary>
    private static string WithoutVolatile(string body) =>
        VolatileNumber().Replace(VolatileText().Replace(body, "\"${name}\": \"\""), "\"${name}\": 0");

    [GeneratedRegex("\"(?<name>server_id|version|go|now|start_time|uptime)\": \"[^\"]+\"", RegexOptions.None, 1000)]
    private static partial Regex VolatileText();

    [GeneratedRegex("\"(?<name>in_msgs|in_bytes|out_msgs|out_bytes|open_fds|max_fds)\": \\d+", RegexOptions.None, 1000)]
    private static partial Regex VolatileNumber();
}
