using System.Text.Json;

namespace Bayou.Conformance.Routes;

/// <summary>What a server tells its clients about the cluster.</summary>
internal static class ClientInfo
{
    /// <summary>The next INFO that a client gets, whatever else comes before it.</summary>
    public static async Task<string> ReadAsync(RawClient client)
    {
        while (true)
        {
            string line = await client.ReadUntilAsync("\r\n");
            if (line.StartsWith("INFO ", StringComparison.Ordinal)) return line;
        }
    }

    /// <summary>Where clients may connect, in order of the text.</summary>
    public static string[] UrlsOf(string info) =>
    [
        .. JsonSerializer.Deserialize<JsonElement>(info["INFO ".Length..]).GetProperty("connect_urls").EnumerateArray()
            .Select(static url => url.GetString()!).Order(StringComparer.Ordinal),
    ];
}
