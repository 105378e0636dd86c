namespace Bayou.Gateway;

/// <summary>
/// The settings as they are now. Who may see them change asks here each time; what is on the way of each message keeps a copy and is told
/// by <see cref="GatewayReload"/>.
/// </summary>
public sealed class CurrentSettings(GatewayOptions options)
{
    private GatewaySettings _now = GatewaySettings.Of(options);

    /// <summary>The options as they are now.</summary>
    public GatewayOptions Options => Now.Options;

    internal GatewaySettings Now => Volatile.Read(ref _now);

    /// <summary>A full fence: whoever registers a connection afterwards, and asks then, sees these settings.</summary>
    internal void Replace(GatewaySettings settings) => Interlocked.Exchange(ref _now, settings);
}
