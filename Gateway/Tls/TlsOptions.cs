using System.Net.Security;
using System.Security.Authentication;

namespace Bayou.Gateway.Tls;

/// <summary>
/// How connections of clients are encrypted; names and defaults are those of nats-server's <c>tls { }</c>. The server says INFO in the clear, and
/// the handshake comes next. TLS 1.2 is the oldest version that is spoken.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>PEM file with the server's certificate, and behind it those between it and a root (<c>cert_file</c>).</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>PEM file with the certificate's private key, not encrypted (<c>key_file</c>).</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>PEM file with the roots of clients' certificates (<c>ca_file</c>); empty for those that the system trusts.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Only clients with a certificate that is valid for a client are let in (<c>verify</c>). Default false.</summary>
    public bool VerifyClients { get; init; }

    /// <summary>
    /// SHA-256 of the public keys (SubjectPublicKeyInfo, in hexadecimal) of the certificates that clients may have (<c>pinned_certs</c>); empty for any.
    /// Where there are some, a client needs a certificate.
    /// </summary>
    public IReadOnlyList<string> PinnedKeys { get; init; } = [];

    /// <summary>Time for the handshake (<c>timeout</c>). Default 2 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Versions that are spoken (<c>min_version</c>). Default TLS 1.2 and 1.3.</summary>
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>
    /// Cipher suites that are spoken with TLS 1.2 (<c>cipher_suites</c>); empty for what the system recommends. Those of TLS 1.3 are always spoken. Not available on Windows.
    /// </summary>
    public IReadOnlyList<TlsCipherSuite> CipherSuites { get; init; } = [];

    /// <summary>Whether a client is asked for a certificate.</summary>
    public bool AsksForCertificate => VerifyClients || PinnedKeys.Count > 0;
}
