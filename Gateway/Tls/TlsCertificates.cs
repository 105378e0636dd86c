using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bayou.Gateway.Tls;

/// <summary>The certificates that <see cref="TlsOptions"/> names, as they were when it was read.</summary>
/// <param name="Server">The server's own, with its private key.</param>
/// <param name="Chain">Those between it and a root.</param>
/// <param name="Roots">Whom clients' certificates must come from; null for those that the system trusts.</param>
public sealed record TlsCertificates(X509Certificate2 Server, X509Certificate2Collection Chain, X509Certificate2Collection? Roots)
{
    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read or holds something else; the message is for an operator.</exception>
    public static TlsCertificates Load(TlsOptions options)
    {
        X509Certificate2 server = Read(
            () => X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile), "error parsing X509 certificate/key pair");
        return new TlsCertificates(
            server,
            [.. Read(() => ReadAll(options.CertificateFile), "error parsing certificate").Skip(1)],
            options.CaFile.Length == 0 ? null : Read(() => ReadAll(options.CaFile), "failed to parse root ca certificate"));
    }

    private static X509Certificate2Collection ReadAll(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count > 0 ? certificates : throw new CryptographicException($"{file} holds no certificate");
    }

    private static T Read<T>(Func<T> read, string failure)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{failure}: {e.Message}", e);
        }
    }
}
