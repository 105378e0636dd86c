using System.Globalization;

namespace Bayou.Silo.Configuration.Language;

/// <summary>Gives a simple value its meaning.</summary>
internal static class ScalarConverter
{
    public static ConfigValue Convert(ConfigScalar scalar) => scalar.Kind switch
    {
        ScalarKind.String => new ConfigString(scalar.Text),
        ScalarKind.Boolean => new ConfigBoolean(scalar.Text.ToUpperInvariant() is "TRUE" or "YES" or "ON"),
        ScalarKind.Integer => new ConfigInteger(ParseInteger(scalar), scalar.Text),
        ScalarKind.Float => new ConfigFloat(ParseFloat(scalar)),
        ScalarKind.Date => new ConfigDate(ParseDate(scalar)),
        _ => throw new InvalidOperationException($"{scalar.Kind} is not a value."),
    };

    private static long ParseInteger(ConfigScalar scalar)
    {
        var digits = scalar.Text.TrimEnd("bBiIkKmMgGtTpPeE".ToCharArray());
        var factor = Factor(scalar.Text[digits.Length..].ToUpperInvariant())
            ?? throw new ConfigSyntaxException($"parse error: '{scalar.Text}' has an unknown size suffix", scalar.Origin);
        try
        {
            return checked(long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) * factor);
        }
        catch (OverflowException)
        {
            throw new ConfigSyntaxException($"parse error: integer '{scalar.Text}' is out of the range", scalar.Origin);
        }
    }

    /// <summary>k is a thousand; kb, ki and kib are 1024; and so on up to e.</summary>
    private static long? Factor(string suffix)
    {
        if (suffix.Length == 0)
            return 1;
        var power = "KMGTPE".IndexOf(suffix[0], StringComparison.Ordinal) + 1;
        return suffix[1..] switch
        {
            "" => Power(1000, power),
            "B" or "I" or "IB" => Power(1024, power),
            _ => null,
        };
    }

    private static long Power(long number, int exponent) => exponent == 0 ? 1 : number * Power(number, exponent - 1);

    private static double ParseFloat(ConfigScalar scalar)
    {
        var number = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            ? number
            : throw new ConfigSyntaxException($"parse error: float '{scalar.Text}' is out of the range", scalar.Origin);
    }

    private static DateTimeOffset ParseDate(ConfigScalar scalar) =>
        DateTimeOffset.TryParseExact(scalar.Text, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new ConfigSyntaxException($"parse error: expected Zulu formatted DateTime, but got '{scalar.Text}'", scalar.Origin);
}
