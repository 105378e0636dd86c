using CsCheck;

namespace Bayou.Unit;

/// <summary>
/// Properties that are tried with many random cases: as many as BAYOU_PROPERTY_CASES says, such as ten million before a release, else 100,000.
/// A failure prints the seed that repeats it, for CsCheck_Seed.
/// </summary>
internal static class PropertyCases
{
    private const long Default = 100_000;

    private static readonly long Count =
        long.TryParse(Environment.GetEnvironmentVariable("BAYOU_PROPERTY_CASES"), out var count) ? count : Default;

    public static void SampleMany<T>(this Gen<T> gen, Action<T> property) => gen.Sample(property, iter: Count);

    public static void SampleMany<T1, T2>(this Gen<(T1, T2)> gen, Action<T1, T2> property) => gen.Sample(property, iter: Count);

    public static void SampleMany<T1, T2, T3>(this Gen<(T1, T2, T3)> gen, Action<T1, T2, T3> property) => gen.Sample(property, iter: Count);
}
