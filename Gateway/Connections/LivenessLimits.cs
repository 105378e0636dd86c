namespace Bayou.Gateway.Connections;

/// <summary>How much silence a connection may keep.</summary>
/// <param name="PingInterval">Between PINGs to a silent peer.</param>
/// <param name="MaxPingsOut">PINGs that may stay unanswered.</param>
/// <param name="FirstPing">The first PING comes early, because it measures the round trip.</param>
/// <param name="AuthTimeout">For CONNECT, where it is needed.</param>
internal readonly record struct LivenessLimits(TimeSpan PingInterval, int MaxPingsOut, TimeSpan FirstPing, TimeSpan AuthTimeout)
{
    public static LivenessLimits OfClients(GatewayOptions options) =>
        new(options.PingInterval, options.MaxPingsOut, TimeSpan.FromSeconds(2), options.AuthTimeout);

    public static LivenessLimits OfRoutes(GatewayOptions options, TimeSpan authTimeout) =>
        new(options.PingInterval, options.MaxPingsOut, TimeSpan.FromSeconds(1), authTimeout);
}
