namespace Bayou.Load.Stan;

/// <summary>Where a STAN subscription begins; the values are those of the protocol.</summary>
public enum StartPosition
{
    NewOnly = 0,
    First = 4,
}
