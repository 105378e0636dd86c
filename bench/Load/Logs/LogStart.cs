namespace Bayou.Load.Logs;

/// <summary>Where a subscription begins.</summary>
public enum LogStart
{
    NewOnly,
    First,
}
