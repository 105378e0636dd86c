using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bayou.TestKit;

/// <summary>A certificate authority of a test, and what it has signed, as PEM files in a directory.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryDirectory _directory = new();
    private readonly X509Certificate2 _authority = MakeAuthority();
    private readonly X509Certificate2 _strangers = MakeAuthority();

    public TestCertificates()
    {
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
        Write("server", _authority, ForServers, DateTimeOffset.UtcNow.AddDays(1));
        Write("renewed", _authority, ForServers, DateTimeOffset.UtcNow.AddDays(1));
        Write("client", _authority, ForClients, DateTimeOffset.UtcNow.AddDays(1));
        Write("expired", _authority, ForClients, DateTimeOffset.UtcNow.AddHours(-1));
        Write("stranger", _strangers, ForClients, DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>The authority's own certificate, which signed those of <c>server</c>, <c>renewed</c>, <c>client</c> and <c>expired</c>, and not that of <c>stranger</c>.</summary>
    public string CaFile => _directory.File("ca.pem");

    public string CertificateFile(string name) => _directory.File($"{name}.pem");

    public string KeyFile(string name) => _directory.File($"{name}-key.pem");

    public X509Certificate2 Authority => _authority;

    /// <summary>A certificate with its key, for a client of this process.</summary>
    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(CertificateFile(name), KeyFile(name));

    public void Dispose()
    {
        _authority.Dispose();
        _strangers.Dispose();
        _directory.Dispose();
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Bayou test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    private void Write(string name, X509Certificate2 authority, string purpose, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), end, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(CertificateFile(name), certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile(name), key.ExportPkcs8PrivateKeyPem());
    }
}
