namespace Bayou.Load.Reporting;

/// <summary>Numbers for people: three or four digits that matter.</summary>
public static class Figure
{
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0"),
        >= 100 => value.ToString("F0"),
        >= 10 => value.ToString("F1"),
        >= 1 => value.ToString("F2"),
        _ => value.ToString("F3"),
    };
}
