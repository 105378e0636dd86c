namespace Bayou.Grains.Channels;

/// <summary>
/// Counts how long a channel has been without a message and without a subscriber. Every replica counts for itself, so that a new leader goes on
/// where the last one was; a start gives a whole period to clients that come back. Pure: the time, in ticks of 100 ns, is an argument.
/// </summary>
internal sealed class InactivityClock(TimeSpan period, long now)
{
    private long _since = now;

    /// <summary>Somebody uses the channel, or has just ceased to.</summary>
    public void Restart(long now) => _since = now;

    /// <summary>How long until the channel has gone unused for its period; null if nothing is counted.</summary>
    public TimeSpan? UntilDue(ChannelStateMachine machine, long now) =>
        period <= TimeSpan.Zero || machine.HasActiveSubscription ? null
        : now - _since >= period.Ticks ? TimeSpan.Zero
        : period - TimeSpan.FromTicks(now - _since);
}
