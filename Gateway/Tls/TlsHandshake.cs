using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Bayou.Gateway.Tls;

/// <summary>How a handshake with a client goes, with the certificates as they were when this was made.</summary>
internal sealed class TlsHandshake
{
    /// <summary>A list of suites is about TLS 1.2 alone, as it is to nats-server.</summary>
    private static readonly TlsCipherSuite[] AlwaysSpoken =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    private readonly TlsOptions _options;
    private readonly SslStreamCertificateContext _server;
    private readonly X509Certificate2Collection? _roots;
    private readonly ClientCertificateRules _rules;

    /// <summary>Reads the certificates.</summary>
    /// <inheritdoc cref="TlsCertificates.Load" path="/exception"/>
    public TlsHandshake(TlsOptions options)
    {
        TlsCertificates certificates = TlsCertificates.Load(options);
        _options = options;
        _server = SslStreamCertificateContext.Create(certificates.Server, certificates.Chain);
        _roots = certificates.Roots;
        _rules = new ClientCertificateRules(options);
    }

    /// <summary>What one handshake needs; the caller may change it.</summary>
    public SslServerAuthenticationOptions Begin()
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _server,
            EnabledSslProtocols = _options.Versions,
            AllowRenegotiation = false,
        };
        if (_options.AsksForCertificate)
        {
            handshake.ClientCertificateRequired = true;
            handshake.CertificateChainPolicy = MakePolicy();
            handshake.RemoteCertificateValidationCallback =
                (_, certificate, chain, errors) => certificate is X509Certificate2 given && _rules.Accepts(given, chain, errors);
        }

        if (_options.CipherSuites.Count > 0 && !OperatingSystem.IsWindows())
        {
            handshake.CipherSuitesPolicy = new CipherSuitesPolicy([.. _options.CipherSuites, .. AlwaysSpoken]);
        }

        return handshake;
    }

    /// <summary>A stranger's certificate must not make the server fetch others from addresses in it: whoever has one sends its chain.</summary>
    private X509ChainPolicy MakePolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_roots is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }
}
