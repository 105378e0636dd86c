using System.Text.Json.Serialization;

namespace Bayou.Gateway.Administration;

/// <summary>The body of <c>/bayou/channels/purge</c>; without a bound everything goes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PurgeChannelRequest : IActionRequest
{
    public string? Channel { get; init; }

    /// <summary>Messages below this sequence go.</summary>
    public ulong? Before { get; init; }

    /// <summary>So many of the newest stay.</summary>
    public ulong? Keep { get; init; }

    public bool DryRun { get; init; }
}
