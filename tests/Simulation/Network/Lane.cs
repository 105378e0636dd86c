namespace Bayou.Simulation.Network;

/// <summary>The ways from one silo to another; between them there is no order.</summary>
public enum Lane
{
    Control,
    Append,
    Bulk,
}
