using System.Net.Security;
using System.Security.Authentication;

namespace Bayou.Gateway.Tls;

/// <summary>What a client and the server agreed upon.</summary>
internal sealed record ConnectionEncryption(SslProtocols Version, TlsCipherSuite? CipherSuite)
{
    /// <summary>The version as monitoring pages write it: <c>1.3</c>.</summary>
    public string VersionText => Version switch
    {
        SslProtocols.Tls13 => "1.3",
        SslProtocols.Tls12 => "1.2",
        _ => Version.ToString(),
    };
}
