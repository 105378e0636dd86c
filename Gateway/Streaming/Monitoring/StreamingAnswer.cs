using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>Writes answers in the form that NATS Streaming gives them, byte for byte, since scripts read them.</summary>
internal static class StreamingAnswer
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A page. Property names become snake_case; null properties are left out.</summary>
    public static Task PageAsync<T>(HttpContext context, T page)
    {
        var json = EscapeMarkup(JsonSerializer.Serialize(page, Indented));
        if (PageQuery.Text(context.Request.Query, "callback") is { } callback)
        {
            return WriteAsync(context, StatusCodes.Status200OK, "application/javascript", $"{callback}({json})");
        }

        context.Response.Headers.AccessControlAllowOrigin = "*";
        return WriteAsync(context, StatusCodes.Status200OK, "application/json", json);
    }

    public static Task HtmlAsync(HttpContext context, string html) =>
        WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", html);

    /// <summary>An error in one line of plain text, which ignores <c>callback</c>.</summary>
    public static Task ErrorAsync(HttpContext context, int statusCode, string reason)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, statusCode, "text/plain; charset=utf-8", reason + "\n");
    }

    public static Task NotFoundAsync(HttpContext context, string reason) =>
        ErrorAsync(context, StatusCodes.Status404NotFound, reason);

    /// <summary>These three occur in JSON only inside strings; escaped, they can do no harm where the page lands in a browser.</summary>
    private static string EscapeMarkup(string json) => json
        .Replace("<", @"\u003c", StringComparison.Ordinal)
        .Replace(">", @"\u003e", StringComparison.Ordinal)
        .Replace("&", @"\u0026", StringComparison.Ordinal);

    private static Task WriteAsync(HttpContext context, int statusCode, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
