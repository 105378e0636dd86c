namespace Bayou.Simulation.Swarm;

/// <summary>What a subscriber subscribes to.</summary>
public enum SubscriberKind
{
    /// <summary>A subscription of its own, which ends when it leaves.</summary>
    Plain,

    /// <summary>A subscription of its own, to which it comes back.</summary>
    Durable,

    /// <summary>A queue group, which ends with its last member.</summary>
    Group,

    /// <summary>A queue group that outlives its members.</summary>
    DurableGroup,
}
