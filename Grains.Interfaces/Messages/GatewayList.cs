namespace Bayou.Grains.Interfaces.Messages;

/// <summary>The gateways that the registry knows.</summary>
/// <param name="Gateways">Any of them reaches any client.</param>
/// <param name="CompleteIn">
/// Zero if every gateway that may hold a lease is listed. Else the registry began anew a moment ago, and leases given before that run
/// out within this time.
/// </param>
[GenerateSerializer, Immutable, Alias("Bayou.GatewayList")]
public sealed record GatewayList([property: Id(0)] IReadOnlyList<IGatewayObserver> Gateways, [property: Id(1)] TimeSpan CompleteIn);
