using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Monitoring;

/// <summary>How every page answers: indented JSON that any site may read, wrapped in a call where <c>?callback=</c> asks for it.</summary>
public static class MonitoringAnswer
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A page's content. Property names become snake_case; null properties are left out.</summary>
    public static IResult Json<T>(HttpContext context, T content) => Text(context, JsonSerializer.Serialize(content, Indented));

    /// <summary>A page's content that is JSON already.</summary>
    public static IResult Text(HttpContext context, string json, int statusCode = StatusCodes.Status200OK)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        string? callback = context.Request.Query["callback"];
        return string.IsNullOrEmpty(callback)
            ? Results.Text(Encoding.UTF8.GetBytes(json), "application/json", statusCode)
            : Results.Text(Encoding.UTF8.GetBytes($"{callback}({json})"), "application/javascript", statusCode);
    }

    /// <summary>The answer to a query that makes no sense.</summary>
    public static IResult BadRequest(string reason) => Results.Text(reason, "text/plain", Encoding.UTF8, StatusCodes.Status400BadRequest);
}
