using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Bayou.TestKit;

namespace Bayou.Conformance;

/// <summary>A socket that reads INFO, and speaks bytes over TLS behind it.</summary>
public sealed class TlsClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Socket _socket;
    private readonly SslStream _stream;

    private TlsClient(Socket socket, SslStream stream, string info)
    {
        _socket = socket;
        _stream = stream;
        Info = info;
    }

    public string Info { get; }

    public SslStream Stream => _stream;

    /// <summary>Connects, with the client's certificate of that name or none. With TLS 1.3 a refusal of it shows at the first read only.</summary>
    public static async Task<TlsClient> ConnectAsync(int port, TestCertificates certificates, string? name = null, SslProtocols versions = SslProtocols.None)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var network = new NetworkStream(socket, ownsSocket: true);
        string info = await ReadLineAsync(network);
        var stream = new SslStream(network, leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = versions,
            ClientCertificateContext = name is null ? null : SslStreamCertificateContext.Create(certificates.Load(name), additionalCertificates: null, offline: true),
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { certificates.Authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        }).WaitAsync(Patience);
        return new TlsClient(socket, stream, info);
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends PING and reads what comes before its PONG.</summary>
    public async Task<string> RoundTripAsync(string text = "")
    {
        await SendAsync(text + "PING\r\n");
        var received = new StringBuilder();
        while (await ReadLineAsync(_stream) is var line && line != "PONG\r\n") received.Append(line);
        return received.ToString();
    }

    /// <summary>Reads the same text so many times; answers what is different of it, or nothing.</summary>
    public async Task<string> ReadRepeatedAsync(string text, int count)
    {
        byte[] expected = Encoding.Latin1.GetBytes(text);
        byte[] read = new byte[expected.Length];
        for (int i = 0; i < count; i++)
        {
            await _stream.ReadExactlyAsync(read).AsTask().WaitAsync(Patience);
            if (!read.AsSpan().SequenceEqual(expected)) return $"{i}: {Encoding.Latin1.GetString(read)}";
        }

        return "";
    }

    /// <summary>Everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(_stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (line.Count == 0 || line[^1] != '\n')
        {
            using var patience = new CancellationTokenSource(Patience);
            await stream.ReadExactlyAsync(one, patience.Token);
            line.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. line]);
    }
}
