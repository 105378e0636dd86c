using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bayou.Gateway.Administration;

/// <summary>The body of an action; which of its properties count is the action's business.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ActionRequest : IActionRequest
{
    /// <summary>The node that the action is about.</summary>
    public string? NodeId { get; init; }

    /// <summary>The number of a group, or the name of a channel.</summary>
    public JsonElement? Group { get; init; }

    /// <summary>The node that is to lead.</summary>
    public string? To { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }
}
