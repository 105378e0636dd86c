using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Tls;

/// <summary>Has a listener of NATS connections speak TLS. The handshake is Kestrel's.</summary>
internal static class TlsListener
{
    public static void UseTlsAfterInfo(this ListenOptions listener, TlsOptions options)
    {
        TlsCertificates certificates = TlsCertificates.Load(options);
        var greeting = ActivatorUtilities.CreateInstance<TlsGreeting>(listener.ApplicationServices, options);
        listener.Use(greeting.Before);

        // No protocol is negotiated: clients ask for none, and the ones that Kestrel would offer are of HTTP.
        listener.Protocols = HttpProtocols.None;
        listener.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificates.Server,
            ServerCertificateChain = certificates.Chain,
            HandshakeTimeout = options.Timeout,
            SslProtocols = options.Versions,
            ClientCertificateMode = options.AsksForCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
            ClientCertificateValidation = new ClientCertificateRules(options, certificates.Roots).Accepts,
            OnAuthenticate = (_, handshake) => Configure(handshake, options),
        });
    }

    private static void Configure(SslServerAuthenticationOptions handshake, TlsOptions options)
    {
        handshake.AllowRenegotiation = false;
        if (options.CipherSuites.Count > 0 && !OperatingSystem.IsWindows()) handshake.CipherSuitesPolicy = new CipherSuitesPolicy(options.CipherSuites);
    }
}
