namespace Bayou.Grains.Interfaces.Identity;

/// <summary>Name of a channel: a literal subject under which messages are kept.</summary>
[GenerateSerializer, Immutable, Alias("Bayou.ChannelName")]
public readonly record struct ChannelName([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}
