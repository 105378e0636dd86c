using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Tls;

/// <summary>Has a listener of NATS connections speak TLS. The handshake is Kestrel's; each begins by the settings of its time.</summary>
internal static class TlsListener
{
    public static void UseTlsAfterInfo(this ListenOptions listener, TlsOptions options)
    {
        var settings = listener.ApplicationServices.GetRequiredService<CurrentSettings>();
        var greeting = ActivatorUtilities.CreateInstance<TlsGreeting>(listener.ApplicationServices, options);
        listener.Use(greeting.Before);

        // No protocol is negotiated: clients ask for none, and the ones that Kestrel would offer are of HTTP.
        listener.Protocols = HttpProtocols.None;
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = options.Timeout,
            OnConnection = _ => ValueTask.FromResult(settings.Now.Tls!.Begin()),
        });
    }
}
