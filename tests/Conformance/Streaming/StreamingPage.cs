using System.Net;
using System.Text.Json;
using Bayou.TestKit;

namespace Bayou.Conformance.Streaming;

/// <summary>Reads the pages of NATS Streaming.</summary>
internal static class StreamingPage
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task<JsonElement> GetAsync(ServerProcess server, string page) =>
        await TryGetAsync(server, page) ?? throw new InvalidOperationException($"There is no page {page}.");

    /// <summary>A page; null where there is none.</summary>
    public static async Task<JsonElement?> TryGetAsync(ServerProcess server, string page)
    {
        using HttpResponseMessage answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{server.Launch.MonitoringPort}/streaming/{page}"));
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>A page as soon as it shows what is waited for; nobody tells when it does.</summary>
    public static async Task<JsonElement> WaitAsync(ServerProcess server, string page, Func<JsonElement, bool> isThere)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            JsonElement shown = await GetAsync(server, page);
            if (isThere(shown)) return shown;
            await Task.Delay(Pause, patience.Token);
        }
    }

    /// <summary>Waits until a page is gone.</summary>
    public static async Task WaitForEndAsync(ServerProcess server, string page)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (await TryGetAsync(server, page) is not null) await Task.Delay(Pause, patience.Token);
    }
}
