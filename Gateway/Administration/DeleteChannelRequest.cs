using System.Text.Json.Serialization;

namespace Bayou.Gateway.Administration;

/// <summary>The body of <c>/bayou/channels/delete</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DeleteChannelRequest : IActionRequest
{
    public string? Channel { get; init; }

    /// <summary>Also if clients receive from it.</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }
}
