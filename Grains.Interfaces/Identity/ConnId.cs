namespace Bayou.Grains.Interfaces.Identity;

/// <summary>
/// The bytes a STAN client chose to identify one connect, as lower-case hexadecimal digits; empty for clients of protocol 0,
/// which send none.
/// </summary>
[GenerateSerializer, Immutable, Alias("Bayou.ConnId")]
public readonly record struct ConnId([property: Id(0)] string Hex)
{
    public static readonly ConnId None = new(string.Empty);

    public bool IsNone => string.IsNullOrEmpty(Hex);

    public static ConnId FromBytes(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? None : new(Convert.ToHexStringLower(bytes));

    public override string ToString() => Hex;
}
