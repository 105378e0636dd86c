namespace Bayou.Grains.Sessions;

/// <summary>The client id behind a connID.</summary>
[GenerateSerializer, Alias("Bayou.ConnIdState")]
public sealed class ConnIdState
{
    [Id(0)] public string Client { get; set; } = string.Empty;
}
