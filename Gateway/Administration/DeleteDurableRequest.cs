using System.Text.Json.Serialization;

namespace Bayou.Gateway.Administration;

/// <summary>The body of <c>/bayou/channels/delete_durable</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DeleteDurableRequest : IActionRequest
{
    public string? Channel { get; init; }

    public string? DurableName { get; init; }

    /// <summary>Whose it is; of a durable that one client has.</summary>
    public string? ClientId { get; init; }

    /// <summary>Which queue group it is; of a durable that many clients share.</summary>
    public string? QueueGroup { get; init; }

    /// <summary>Also if clients receive.</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }
}
