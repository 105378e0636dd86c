using System.Text.Json;

namespace Bayou.Conformance.Routes;

/// <summary>Asks a server's monitoring pages.</summary>
internal static class Monitoring
{
    public static async Task<JsonElement> GetAsync(TestServer server, string page)
    {
        using var http = new HttpClient();
        return JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.MonitoringPort}/{page}")));
    }

    public static async Task<int> CountRoutesAsync(TestServer server) => (await GetAsync(server, "routez")).GetProperty("num_routes").GetInt32();
}
