using System.Text;
using System.Text.Json;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Bayou.Unit.Gateway.Routes;

/// <summary>A route without a socket.</summary>
internal sealed class FakeRoute : IDisposable
{
    private static ulong s_lastId = 1000;

    private readonly OutboundQueue _outbound;

    public FakeRoute(SubjectRouter router, bool isSolicited = false, bool isConfigured = false, bool keepsWrites = true, long maxPendingBytes = 1024 * 1024)
    {
        Transport = new FakeTransport { KeepsWrites = keepsWrites };
        var time = new FakeTimeProvider();
        _outbound = new OutboundQueue(Transport, new WriteDeadline(time, TimeSpan.FromSeconds(10), static () => { }), maxPendingBytes);
        Route = new RouteConnection(new ConnectionId(Interlocked.Increment(ref s_lastId)), Transport, _outbound, router, new ConnectionStatistics(time.GetUtcNow()))
        {
            DialedUrl = isSolicited ? new RouteUrl("127.0.0.1", 6222) : null,
            IsConfigured = isConfigured,
        };
        _ = _outbound.RunAsync();
    }

    public FakeTransport Transport { get; }

    public RouteConnection Route { get; }

    /// <summary>What was sent to the other server since this was asked last, each line on its own.</summary>
    public string[] TakeLines()
    {
        // What was left to the thread pool to write is written now, by whoever comes first.
        _outbound.Flush();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _outbound.WaitUntilDrainedAsync(belowBytes: 1, patience.Token).GetAwaiter().GetResult();
        string[] lines = Transport.Written.Split("\r\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Transport.Writes.Clear();
        return lines;
    }

    /// <summary>What a server says of itself.</summary>
    public static RouteInfo Info(string id, bool isBayou = true, string? cluster = "east", bool isDynamic = false, params string[] urls) => new()
    {
        ServerId = id,
        ServerName = id,
        Host = "10.0.0.1",
        Port = 6222,
        Headers = true,
        Cluster = cluster,
        IsClusterDynamic = isDynamic,
        ConnectUrls = urls,
        Bayou = isBayou ? JsonSerializer.Deserialize<JsonElement>($$"""{"node":"{{id}}"}""") : null,
    };

    /// <summary>Has the route be the one to that server.</summary>
    public FakeRoute As(string id, bool isBayou = true)
    {
        Route.Remote = Info(id, isBayou);
        Route.IsRegistered = true;
        return this;
    }

    public void Want(string subject, string queueGroup = "", int weight = 0) =>
        Route.Subscriptions.Set(Encoding.ASCII.GetBytes(subject), Encoding.ASCII.GetBytes(queueGroup), weight);

    public void EndInterest(string subject, string queueGroup = "") =>
        Route.Subscriptions.Remove(Encoding.ASCII.GetBytes(subject), Encoding.ASCII.GetBytes(queueGroup));

    public void Dispose() => _outbound.Dispose();
}
