using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces.Administration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Bayou.Gateway.Administration;

/// <summary>What all pages and actions under <c>/bayou</c> have in common: who may act, what a request has to be, and how an answer looks.</summary>
internal sealed class AdministrationResponder(AdministrationAccess access)
{
    private const int MaxRequestBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The properties that a request may have, as they are called in JSON.</summary>
    public static IReadOnlyList<string> PropertiesOf(Type request) =>
        [.. request.GetProperties().Where(static property => property.CanWrite).Select(static property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name))];

    public static Task<AdminResult> Missing(string property) => Task.FromResult(new AdminResult
    {
        Outcome = AdminOutcome.Incomplete,
        Message = $"The request lacks {property}.",
        Allowed = [property],
    });

    /// <summary>Maps a page that anybody may read.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="path">Its path.</param>
    /// <param name="read">Gives what is shown; throws <see cref="MonitoringQueryException"/> if the query asks for what there is not.</param>
    public static void MapPage<T>(IEndpointRouteBuilder endpoints, string path, Func<IQueryCollection, Task<T>> read) =>
        endpoints.MapGet(path, async context =>
        {
            try
            {
                await WriteAsync(context, StatusCodes.Status200OK, await read(context.Request.Query));
            }
            catch (MonitoringQueryException exception)
            {
                await WriteAsync(context, StatusCodes.Status400BadRequest, ActionReport.Failed(exception.Message, []));
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ActionReport.Failed($"Not to be read now: {exception.Message}", []));
            }
        });

    /// <summary>Maps an action, for those who may act.</summary>
    public void MapAction<TRequest>(IEndpointRouteBuilder endpoints, string path, Func<TRequest, Task<AdminResult>> act)
        where TRequest : class, IActionRequest => endpoints.MapPost(path, async context =>
        {
            var headers = context.Request.Headers;
            if (access.Refuse(context.Connection.RemoteIpAddress, headers.Origin, headers.Authorization) is { } refusal)
            {
                await WriteAsync(context, refusal.StatusCode, ActionReport.Failed(refusal.Reason, []));
                return;
            }

            TRequest? request;
            try
            {
                request = await ReadAsync<TRequest>(context);
            }
            catch (Exception exception) when (exception is JsonException or BadHttpRequestException)
            {
                await WriteAsync(context, StatusCodes.Status400BadRequest, ActionReport.Failed(Explain(exception), PropertiesOf(typeof(TRequest))));
                return;
            }

            if (request is null)
            {
                await WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, ActionReport.Failed("The body must be JSON, with Content-Type: application/json.", []));
                return;
            }

            var result = await act(request);
            await WriteAsync(context, StatusOf(result.Outcome), ActionReport.Of(result, request.DryRun));
        });

    private static string Explain(Exception exception) => exception is JsonException { Path: ['$', '.', .. var property] }
        ? $"There is no property {property}, or its value is of the wrong type."
        : "The body is no JSON object of the allowed properties.";

    /// <summary>Null for what does not say that it is JSON.</summary>
    private static async Task<TRequest?> ReadAsync<TRequest>(HttpContext context)
        where TRequest : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxRequestBytes;
        }

        return await JsonSerializer.DeserializeAsync<TRequest>(context.Request.Body, Json, context.RequestAborted)
            ?? throw new JsonException("it is null");
    }

    private static int StatusOf(AdminOutcome outcome) => outcome switch
    {
        AdminOutcome.Done or AdminOutcome.Unchanged => StatusCodes.Status200OK,
        AdminOutcome.Incomplete => StatusCodes.Status400BadRequest,
        AdminOutcome.NotFound => StatusCodes.Status404NotFound,
        AdminOutcome.Refused => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task WriteAsync<T>(HttpContext context, int statusCode, T content) =>
        Results.Text(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content, Json) + "\n"), "application/json", statusCode).ExecuteAsync(context);
}
