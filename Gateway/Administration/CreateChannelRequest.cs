using System.Text.Json.Serialization;

namespace Bayou.Gateway.Administration;

/// <summary>The body of <c>/bayou/channels/create</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CreateChannelRequest : IActionRequest
{
    public string? Channel { get; init; }

    public bool DryRun { get; init; }
}
