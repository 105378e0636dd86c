namespace Bayou.Grains.Interfaces.Identity;

/// <summary>The name a STAN client registers under; unique in the cluster while its session lasts.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ClientId")]
public readonly record struct ClientId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}
