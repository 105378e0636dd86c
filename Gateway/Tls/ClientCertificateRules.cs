using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bayou.Gateway.Tls;

/// <summary>Which certificates of clients are good.</summary>
internal sealed class ClientCertificateRules(TlsOptions options, X509Certificate2Collection? roots)
{
    /// <summary>The purpose that a client's certificate must allow, where it names any (RFC 5280, 4.2.1.12).</summary>
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly HashSet<string> _pinned = new(options.PinnedKeys, StringComparer.OrdinalIgnoreCase);

    public bool Accepts(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors) =>
        IsPinned(certificate) && (!options.VerifyClients || IsTrusted(certificate, sent, errors));

    private bool IsPinned(X509Certificate2 certificate) =>
        _pinned.Count == 0 || _pinned.Contains(Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));

    private bool IsTrusted(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (roots is null) return errors == SslPolicyErrors.None;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(static element => element.Certificate).ToArray());
        return chain.Build(certificate);
    }
}
