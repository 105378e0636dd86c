using System.Text;
using Bayou.Gateway.Authorization;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway.Connections;

/// <summary>The connection of a client.</summary>
public sealed class ClientConnection : Connection
{
    private bool _takesInfo;
    private long _infoVersion;

    internal ClientConnection(
        ConnectionId id, IConnectionTransport transport, OutboundQueue outbound, SubjectRouter router, ConnectionStatistics statistics)
        : base(id, transport, outbound, router, statistics) => Subscriptions = new ClientSubscriptions(router);

    /// <summary>The name that the client gave itself in CONNECT; null where it gave none.</summary>
    public string? ClientName => Options.Name;

    /// <summary>How it is encrypted; null for not at all.</summary>
    internal ConnectionEncryption? Encryption { get; init; }

    /// <summary>What it was told to sign; null where no client has a key.</summary>
    internal string? Nonce { get; init; }

    internal ConnectOptions Options { get; set; } = new();

    internal ClientSubscriptions Subscriptions { get; }

    /// <summary>What serves it; null where nothing does.</summary>
    internal ClientSession? Session { get; set; }

    /// <summary>What it may do; null for everything.</summary>
    internal ConnectionPermissions? Permissions { get; set; }

    /// <summary>
    /// Whether it may be told at any time what has changed about the server: its first PING is answered, before which clients
    /// expect nothing else, and it said that it understands.
    /// </summary>
    internal bool TakesInfo
    {
        get => Volatile.Read(ref _takesInfo);
        set => Volatile.Write(ref _takesInfo, value);
    }

    /// <summary>The description of the server that it has got.</summary>
    internal long InfoVersion { init => _infoVersion = value; }

    /// <summary>Whether it can and should be told the description of that version, which the caller then does.</summary>
    internal bool TryLearn(long version)
    {
        if (!TakesInfo) return false;
        long known = Interlocked.Read(ref _infoVersion);
        while (known < version)
        {
            long seen = Interlocked.CompareExchange(ref _infoVersion, version, known);
            if (seen == known) return true;
            known = seen;
        }

        return false;
    }

    /// <summary>How log lines name it: its address and number, and what the client said about itself.</summary>
    public override string ToString()
    {
        string version = string.IsNullOrEmpty(Options.Version) ? "" : "v" + Options.Version;
        string description = string.Join(':', new[] { version, Options.Language, Options.Name }.Where(static part => !string.IsNullOrEmpty(part)));
        string address = $"{RemoteEndPoint} - cid:{Id}";
        return description.Length == 0 ? address : $"{address} - {GoQuote.Quote(Encoding.UTF8.GetBytes(description))}";
    }

    private protected override void EndInterest() => Subscriptions.Close();
}
