using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Subscriptions;

/// <summary>A receiver as the delivery plan sees it.</summary>
public sealed class PlannedMember(MemberState state)
{
    public MemberState State { get; } = state;

    public MemberId Id => State.Id;

    /// <summary>Messages it was given and has not acknowledged, those still waiting to be pushed included.</summary>
    public int PendingCount { get; internal set; }

    /// <summary>Highest sequence it was given.</summary>
    public ulong LastSent { get; internal set; }

    /// <summary>Its client was told that it is subscribed; nothing is sent before.</summary>
    public bool IsStarted { get; internal set; }

    /// <summary>
    /// When it is started at the latest: whoever was to say that its client was told may have been lost on the way. Null for never.
    /// </summary>
    public long? StartsBy { get; internal set; }

    /// <summary>Its client answers heartbeats.</summary>
    public bool Answers { get; internal set; } = true;

    /// <summary>Nobody listened on its inbox at the last push; nothing is pushed before this time.</summary>
    public long? ParkedUntil { get; internal set; }

    /// <summary>Gets no new messages until it acknowledges one.</summary>
    public bool IsStalled => PendingCount >= State.MaxInFlight;

    /// <summary>When it is started, or looked for again, if nothing else happens; null for never.</summary>
    internal long? WakesAt => ParkedUntil ?? (IsStarted ? null : StartsBy);

    internal bool CanTakeNew => IsStarted && !IsStalled && ParkedUntil is null;

    internal Queue<ulong> Outgoing { get; set; } = new();

    internal int ParkCount { get; set; }
}
