using System.Net;
using System.Text.Json;
using Xunit;

namespace Bayou.Conformance;

/// <summary>The pages have every field that the oracle's have, of the same type.</summary>
public sealed class MonitoringTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private const string Script =
        "CONNECT {\"verbose\":false,\"name\":\"nm\",\"lang\":\"go\",\"version\":\"1.2\",\"user\":\"u\"}\r\nSUB a.* q 7\r\nSUB b 8\r\nUNSUB 8 5\r\nPUB a.b 2\r\nhi\r\n";

    [Theory]
    [InlineData("varz")]
    [InlineData("connz")]
    [InlineData("connz?subs=1&auth=1")]
    [InlineData("connz?subs=detail&sort=msgs_to")]
    [InlineData("connz?state=closed&sort=stop")]
    [InlineData("connz?state=any&limit=2&offset=1")]
    [InlineData("connz?cid=999999")]
    [InlineData("connz?user=u&auth=true")]
    [InlineData("subsz")]
    [InlineData("subsz?subs=1&test=b")]
    [InlineData("subsz?subs=true&limit=100")]
    [InlineData("subscriptionsz")]
    [InlineData("healthz")]
    [InlineData("healthz?js-enabled-only=true")]
    public async Task Page_HasEveryFieldOfTheOracle(string page)
    {
        JsonElement expected = await GetJsonAsync(await servers.OracleAsync(), page);
        JsonElement actual = await GetJsonAsync(await servers.GatewayAsync(), page);
        AssertSuperset(expected, actual, page);
    }

    /// <summary>What nats-top asks for each second, and the Go types into which it reads the fields that it shows.</summary>
    [Theory]
    [InlineData("varz", "cpu:float mem:int cores:int uptime:string server_id:string server_name:string version:string now:time in_msgs:int out_msgs:int in_bytes:int out_bytes:int slow_consumers:int subscriptions:int")]
    [InlineData("connz?limit=1024&sort=cid", "num_connections:int total:int now:time")]
    [InlineData("connz?limit=1024&sort=cid&subs=1", "connections[].cid:int connections[].ip:string connections[].port:int connections[].name:string connections[].lang:string connections[].version:string connections[].subscriptions:int connections[].pending_bytes:int connections[].in_msgs:int connections[].out_msgs:int connections[].in_bytes:int connections[].out_bytes:int connections[].uptime:string connections[].last_activity:time connections[].start:time connections[].rtt:string connections[].idle:string connections[].subscriptions_list:strings")]
    [InlineData("connz?limit=1024&sort=msgs_to&auth=1", "connections[].authorized_user:string")]
    public async Task FieldsOfNatsTop_HaveTheirTypes(string page, string fields)
    {
        JsonElement answer = await GetJsonAsync(await servers.GatewayAsync(), page);
        foreach (string field in fields.Split(' '))
        {
            (string path, string type) = field.Split(':') switch { var parts => (parts[0], parts[1]) };
            bool isOfConnection = path.StartsWith("connections[].", StringComparison.Ordinal);
            JsonElement holder = isOfConnection ? answer.GetProperty("connections")[0] : answer;
            JsonElement value = holder.GetProperty(isOfConnection ? path["connections[].".Length..] : path);
            Assert.True(IsOfGoType(value, type), $"{page}: {path} is {value.GetRawText()}, not of type {type}");
        }
    }

    [Theory]
    [InlineData("connz?sort=foo")]
    [InlineData("connz?sort=stop")]
    [InlineData("connz?state=foo")]
    [InlineData("connz?limit=x")]
    [InlineData("connz?cid=x")]
    [InlineData("connz?auth=x")]
    [InlineData("subsz?test=a.*")]
    public async Task QueryThatMakesNoSense_IsRefusedInTheSameWords(string page)
    {
        (HttpStatusCode expectedCode, string expected) = await GetAsync(await servers.OracleAsync(), page);
        (HttpStatusCode actualCode, string actual) = await GetAsync(await servers.GatewayAsync(), page);
        Assert.Equal(expectedCode, actualCode);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task Callback_WrapsTheAnswer()
    {
        (_, string answer) = await GetAsync(await servers.GatewayAsync(), "varz?callback=show");
        Assert.StartsWith("show({", answer, StringComparison.Ordinal);
        Assert.EndsWith("})", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_MayBeReadByAnySite()
    {
        TestServer gateway = await servers.GatewayAsync();
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{gateway.MonitoringPort}/connz"));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Info_HasEveryFieldOfTheOracle()
    {
        using RawClient oracle = await (await servers.OracleAsync()).ConnectAsync();
        using RawClient gateway = await (await servers.GatewayAsync()).ConnectAsync();
        JsonElement expected = JsonDocument.Parse(oracle.Info["INFO ".Length..]).RootElement;
        JsonElement actual = JsonDocument.Parse(gateway.Info["INFO ".Length..]).RootElement;
        AssertSuperset(expected, actual, "INFO");
        Assert.Equal(expected.GetProperty("version").GetString(), actual.GetProperty("version").GetString());
        Assert.Matches("^N[A-Z2-7]{55}$", actual.GetProperty("server_id").GetString());
    }

    /// <summary>Compares the page while two clients are connected and one has left.</summary>
    private static async Task<JsonElement> GetJsonAsync(TestServer server, string page)
    {
        using (RawClient gone = await server.ConnectAsync()) await gone.RoundTripAsync(Script);
        using RawClient first = await server.ConnectAsync();
        using RawClient second = await server.ConnectAsync();
        await first.RoundTripAsync(Script);
        await second.RoundTripAsync(Script);
        (HttpStatusCode code, string body) = await GetAsync(server, page);
        Assert.Equal(HttpStatusCode.OK, code);
        return JsonDocument.Parse(body).RootElement;
    }

    private static async Task<(HttpStatusCode Code, string Body)> GetAsync(TestServer server, string page)
    {
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{server.MonitoringPort}/{page}"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static bool IsOfGoType(JsonElement value, string type) => type switch
    {
        "int" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "float" => value.ValueKind == JsonValueKind.Number,
        "time" => value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out _) && value.GetString()!.EndsWith('Z'),
        "strings" => value.EnumerateArray().All(static one => one.ValueKind == JsonValueKind.String),
        _ => value.ValueKind == JsonValueKind.String,
    };

    private static void AssertSuperset(JsonElement expected, JsonElement actual, string path)
    {
        Assert.True(Kind(expected) == Kind(actual), $"{path} is {actual.ValueKind}, not {expected.ValueKind}");
        if (expected.ValueKind == JsonValueKind.Object && !path.EndsWith("http_req_stats", StringComparison.Ordinal))
        {
            foreach (JsonProperty property in expected.EnumerateObject()) AssertHas(property, [actual], path);
        }
        else if (expected.ValueKind == JsonValueKind.Array)
        {
            // The oracle lists in no particular order, so a field may be in any of our elements.
            JsonElement[] elements = [.. actual.EnumerateArray()];
            foreach (JsonElement element in expected.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object))
            {
                foreach (JsonProperty property in element.EnumerateObject()) AssertHas(property, elements, path + "[]");
            }
        }
    }

    private static void AssertHas(JsonProperty property, JsonElement[] candidates, string path)
    {
        JsonElement holder = candidates.FirstOrDefault(one => one.TryGetProperty(property.Name, out _));
        Assert.True(holder.ValueKind == JsonValueKind.Object, $"{path}.{property.Name} is missing");
        AssertSuperset(property.Value, holder.GetProperty(property.Name), $"{path}.{property.Name}");
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
