using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bayou.Gateway.Tls;

/// <summary>Which certificates of clients are good.</summary>
internal sealed class ClientCertificateRules(TlsOptions options)
{
    private readonly HashSet<string> _pinned = new(options.PinnedKeys, StringComparer.OrdinalIgnoreCase);

    /// <param name="certificate">The client's.</param>
    /// <param name="chain">To its root, as far as it was found.</param>
    /// <param name="errors">What is wrong with the chain, or with the purpose that the certificate is meant for.</param>
    public bool Accepts(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) =>
        IsPinned(certificate) && (!options.VerifyClients || errors == SslPolicyErrors.None);

    private bool IsPinned(X509Certificate2 certificate) =>
        _pinned.Count == 0 || _pinned.Contains(Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
}
