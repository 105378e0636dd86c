using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Bayou.Gateway.Tls;

/// <summary>Has a listener of NATS connections speak TLS. The handshake is Kestrel's.</summary>
internal static class TlsListener
{
    /// <summary>A list of suites is about TLS 1.2 alone, as it is to nats-server.</summary>
    private static readonly TlsCipherSuite[] AlwaysSpoken =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

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
            ClientCertificateValidation = new ClientCertificateRules(options).Accepts,
            OnAuthenticate = (_, handshake) => Configure(handshake, options, certificates.Roots),
        });
    }

    private static void Configure(SslServerAuthenticationOptions handshake, TlsOptions options, X509Certificate2Collection? roots)
    {
        handshake.AllowRenegotiation = false;
        if (options.AsksForCertificate) handshake.CertificateChainPolicy = PolicyFor(roots);
        if (options.CipherSuites.Count > 0 && !OperatingSystem.IsWindows())
        {
            handshake.CipherSuitesPolicy = new CipherSuitesPolicy([.. options.CipherSuites, .. AlwaysSpoken]);
        }
    }

    /// <summary>A stranger's certificate must not make the server fetch others from addresses in it: whoever has one sends its chain.</summary>
    private static X509ChainPolicy PolicyFor(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (roots is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
