using System.Text.Json;
using Bayou.Gateway;
using Xunit;

namespace Bayou.Conformance;

/// <summary>A client that does not read what it asked for.</summary>
public sealed class SlowConsumerTests
{
    private static readonly string Batch = string.Concat(Enumerable.Repeat($"PUB a 10000\r\n{new string('x', 10_000)}\r\n", 100));

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task TooMuchPending_ClosesItAndLeavesTheOthersAlone(ServerKind kind)
    {
        // The oracle holds publishers back for so long that it is the deadline that passes first, so there it had better be short.
        var deadline = TimeSpan.FromSeconds(kind == ServerKind.Gateway ? 30 : 2);
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { MaxPendingBytes = 4 * 1024 * 1024, WriteDeadline = deadline });
        using RawClient slow = await server.ConnectAsync();
        using RawClient healthy = await server.ConnectAsync();
        using RawClient publisher = await server.ConnectAsync();
        await slow.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\n");
        await healthy.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\n");
        await publisher.RoundTripAsync(RawClient.Quiet);

        int received = 0;
        int sent = 0;
        while (await CountSlowConsumersAsync(server) == 0)
        {
            await publisher.RoundTripAsync(Batch);
            sent += 100;
            received += SubscriptionTests.CountMessages(await healthy.RoundTripAsync());
            Assert.True(sent < 10_000, "100 MB were taken for a client that does not read.");
        }

        Assert.Equal(sent, received);
        Assert.DoesNotContain("-ERR", await slow.ReadToEndAsync(), StringComparison.Ordinal);
        string reason = kind == ServerKind.Gateway ? "Slow Consumer (Pending Bytes)" : "Slow Consumer (";
        Assert.Contains(reason, await GetClosedAsync(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerKind.Oracle)]
    [InlineData(ServerKind.Gateway)]
    public async Task WriteThatTakesTooLong_ClosesIt(ServerKind kind)
    {
        await using TestServer server = await TestServer.StartAsync(kind, new GatewayOptions { WriteDeadline = TimeSpan.FromMilliseconds(300) });
        using RawClient slow = await server.ConnectAsync();
        using RawClient publisher = await server.ConnectAsync();
        await slow.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\n");
        await publisher.RoundTripAsync(RawClient.Quiet);
        for (int sent = 0; sent < 2_000; sent += 100) await publisher.RoundTripAsync(Batch);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await CountSlowConsumersAsync(server) == 0) await Task.Delay(50, patience.Token);
        Assert.Contains("Slow Consumer (Write Deadline)", await GetClosedAsync(server), StringComparison.Ordinal);
    }

    private static async Task<long> CountSlowConsumersAsync(TestServer server)
    {
        using JsonDocument varz = JsonDocument.Parse(await GetAsync(server, "varz"));
        return varz.RootElement.GetProperty("slow_consumers").GetInt64();
    }

    /// <summary>The page of closed connections, as soon as it shows a slow consumer: it is written a moment after the counter.</summary>
    private static async Task<string> GetClosedAsync(TestServer server)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            string page = await GetAsync(server, "connz?state=closed&sort=stop");
            if (page.Contains("Slow Consumer", StringComparison.Ordinal)) return page;
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<string> GetAsync(TestServer server, string page)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.MonitoringPort}/{page}"));
    }
}
