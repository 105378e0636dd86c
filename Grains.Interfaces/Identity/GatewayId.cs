namespace Bayou.Grains.Interfaces.Identity;

/// <summary>Names one run of a gateway: drawn at random when the process starts.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.GatewayId")]
public readonly record struct GatewayId([property: Id(0)] ulong Value)
{
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
