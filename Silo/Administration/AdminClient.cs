using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>Speaks to the monitoring port of a server. <see cref="HttpRequestException"/> where nobody, or no Bayou, answers.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    /// <param name="server">Its address; <c>user:password@</c> before the host where it asks for that.</param>
    public AdminClient(Uri server)
    {
        _http = new HttpClient { BaseAddress = new UriBuilder(server) { UserName = "", Password = "" }.Uri, Timeout = Patience };
        if (server.UserInfo.Length > 0)
        {
            var login = Uri.UnescapeDataString(server.UserInfo);
            _http.DefaultRequestHeaders.Authorization = login.Contains(':', StringComparison.Ordinal)
                ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)))
                : new AuthenticationHeaderValue("Bearer", login);
        }
    }

    public Task<AdminAnswer> ClusterAsync(CancellationToken cancellation) => GetAsync("cluster", cancellation);

    /// <param name="page">Below <c>/bayou</c>, with its query.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<AdminAnswer> GetAsync(string page, CancellationToken cancellation) => SendAsync(_http.GetAsync($"/bayou/{page}", cancellation), cancellation);

    /// <summary>Asks for an action, by its path below <c>/bayou</c>. What is null is not sent.</summary>
    public Task<AdminAnswer> ActAsync(string action, IReadOnlyDictionary<string, object?> request, CancellationToken cancellation) => SendAsync(
        _http.PostAsJsonAsync($"/bayou/{action}", request.Where(property => property.Value is not null).ToDictionary(), cancellation), cancellation);

    public void Dispose() => _http.Dispose();

    private static async Task<AdminAnswer> SendAsync(Task<HttpResponseMessage> sending, CancellationToken cancellation)
    {
        try
        {
            using var response = await sending;
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return new AdminAnswer(response.StatusCode, text, JsonElement.Parse(text));
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException("What answers is no Bayou server.", exception);
        }
        catch (TaskCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer within {Patience.TotalSeconds} seconds.", exception);
        }
    }
}
