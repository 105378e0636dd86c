using System.Globalization;

namespace Bayou.Unit.Storage;

/// <summary>How many cases a property is tried with: <c>BAYOU_PROPERTY_CASES</c>, or what a developer can wait for.</summary>
internal static class PropertyCases
{
    public static long Count { get; } = long.Parse(
        Environment.GetEnvironmentVariable("BAYOU_PROPERTY_CASES") is { Length: > 0 } cases ? cases : "20000", CultureInfo.InvariantCulture);
}
