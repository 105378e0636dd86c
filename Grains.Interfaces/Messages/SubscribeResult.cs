namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Either where to send acks and which member to start, or the error text for the client.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.SubscribeResult")]
public sealed record SubscribeResult
{
    [Id(0)] public string? Error { get; init; }

    [Id(1)] public string AckInbox { get; init; } = string.Empty;

    [Id(2)] public ulong MemberId { get; init; }

    public static SubscribeResult Refused(string error) => new() { Error = error };
}
