using System.Net.Security;
using System.Security.Authentication;
using Bayou.Gateway.Tls;
using Bayou.TestKit;
using Xunit;
using static Bayou.Unit.Silo.Loading;

namespace Bayou.Unit.Silo;

/// <summary><c>tls { }</c> and its flags.</summary>
public sealed class TlsConfigTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    private string Files => $"cert_file: '{certificates.CertificateFile("server")}', key_file: '{certificates.KeyFile("server")}'";

    [Fact]
    public void WithoutABlock_ThereIsNoTls() => Assert.Null(Options("port: 4222").Gateway.Tls);

    [Fact]
    public void EveryKey_SetsItsOption()
    {
        string pinned = new('a', 64);
        TlsOptions tls = Options(
            $"tls {{ {Files}, ca_file: '{certificates.CaFile}', verify: true, timeout: 1.5, min_version: '1.3', cipher_suites: [ TLS_AES_128_GCM_SHA256 ], pinned_certs: [ '{pinned}' ] }}")
            .Gateway.Tls!;
        Assert.Equal(certificates.CertificateFile("server"), tls.CertificateFile);
        Assert.Equal(certificates.KeyFile("server"), tls.KeyFile);
        Assert.Equal(certificates.CaFile, tls.CaFile);
        Assert.True(tls.VerifyClients);
        Assert.Equal(TimeSpan.FromSeconds(1.5), tls.Timeout);
        Assert.Equal(SslProtocols.Tls13, tls.Versions);
        Assert.Equal([TlsCipherSuite.TLS_AES_128_GCM_SHA256], tls.CipherSuites);
        Assert.Equal([pinned], tls.PinnedKeys);
    }

    [Fact]
    public void Flags_AreTheSameSettings()
    {
        string[] flags = ["--tlscert", certificates.CertificateFile("server"), "--tlskey", certificates.KeyFile("server"), "--tlscacert", certificates.CaFile];
        Assert.Null(Options("", ["--tls=false"]).Gateway.Tls);
        Assert.Equal(TimeSpan.FromSeconds(3), Options("", flags).Gateway.AuthTimeout);
        Assert.False(Options("", [.. flags, "--tls"]).Gateway.Tls!.VerifyClients);
        Assert.True(Options("", [.. flags, "--tlsverify"]).Gateway.Tls!.VerifyClients);
        Assert.True(Options("", ["--tlsverify", "--tls", .. flags]).Gateway.Tls!.VerifyClients);
        Assert.False(Options("tls { verify: true }", [.. flags, "--tlsverify=false"]).Gateway.Tls!.VerifyClients);
    }

    [Theory]
    [InlineData("tls { verify: true }", "missing 'cert_file' in TLS configuration", "missing 'key_file' in TLS configuration")]
    [InlineData("tls { }", "missing 'cert_file' in TLS configuration", "missing 'key_file' in TLS configuration")]
    [InlineData("tls { handshake_first: true }", "missing 'cert_file' in TLS configuration", "missing 'key_file' in TLS configuration")]
    [InlineData("tls { certs: [ { cert_file: a, key_file: b } ] }", "missing 'cert_file' in TLS configuration", "missing 'key_file' in TLS configuration")]
    [InlineData("tls { verify_and_map: true, FILES }", "\"tls.verify_and_map\" is not available yet")]
    [InlineData("tls { cert_file: a }", "missing 'key_file' in TLS configuration")]
    [InlineData("tls { cert_file: no-such-file, key_file: b }", "error parsing X509 certificate/key pair: ")]
    [InlineData("tls { timeout: 0, FILES }", "tls.timeout must be positive, not 0s")]
    [InlineData("tls { cipher_suites: [ TLS_NONE, '7' ], FILES }", "unrecognized cipher suite TLS_NONE", "unrecognized cipher suite 7")]
    [InlineData("tls { min_version: '1.1', FILES }", "min_version must be \"1.2\" or \"1.3\", not \"1.1\"")]
    [InlineData("tls { pinned_certs: [ abc ], FILES }", "pinned_certs are SHA-256 sums of public keys in hexadecimal, 64 digits; \"abc\" is none")]
    [InlineData("tls { ca_file: KEY, FILES }", "failed to parse root ca certificate: ")]
    [InlineData("tls { cert_file: CERT, key_file: OTHER }", "error parsing X509 certificate/key pair: ")]
    public void WhatCannotWork_IsAnErrorWithItsPlace(string text, params string[] expected)
    {
        string file = text.Replace("FILES", Files, StringComparison.Ordinal)
            .Replace("KEY", $"'{certificates.KeyFile("server")}'", StringComparison.Ordinal)
            .Replace("CERT", $"'{certificates.CertificateFile("server")}'", StringComparison.Ordinal)
            .Replace("OTHER", $"'{certificates.KeyFile("client")}'", StringComparison.Ordinal);
        string[] errors = [.. Errors(LoadText(file))];
        Assert.Equal(expected.Length, errors.Length);
        Assert.All(expected.Zip(errors), pair => Assert.Contains($"bayou.conf:1:", pair.Second, StringComparison.Ordinal));
        Assert.All(expected.Zip(errors), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }
}
