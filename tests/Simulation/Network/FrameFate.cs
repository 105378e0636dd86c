namespace Bayou.Simulation.Network;

/// <summary>What can happen to a frame on its way.</summary>
public enum FrameFate
{
    Lost,
    Repeated,
    Overtaken,
}
