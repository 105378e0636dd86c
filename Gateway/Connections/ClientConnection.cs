using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;

namespace Bayou.Gateway.Connections;

/// <summary>The connection of a client.</summary>
public sealed class ClientConnection : Connection
{
    internal ClientConnection(
        ConnectionId id, IConnectionTransport transport, OutboundQueue outbound, SubjectRouter router, ConnectionStatistics statistics)
        : base(id, transport, outbound, router, statistics) => Subscriptions = new ClientSubscriptions(router.Tree);

    /// <summary>The name that the client gave itself in CONNECT; null where it gave none.</summary>
    public string? ClientName => Options.Name;

    internal ConnectOptions Options { get; set; } = new();

    internal ClientSubscriptions Subscriptions { get; }

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
