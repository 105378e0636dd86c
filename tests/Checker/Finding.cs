namespace Bayou.Checker;

/// <summary>One thing that is wrong with a history.</summary>
public readonly record struct Finding(Anomaly Anomaly, string Channel, string What)
{
    public override string ToString() => $"{Anomaly} in {Channel}: {What}";
}
