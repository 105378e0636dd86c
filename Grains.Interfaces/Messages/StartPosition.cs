namespace Bayou.Grains.Interfaces.Messages;

/// <summary>Where a new subscription begins. Names and numbers are those of the STAN protocol.</summary>
public enum StartPosition
{
    NewOnly = 0,
    LastReceived = 1,
    TimeDeltaStart = 2,
    SequenceStart = 3,
    First = 4,
}
