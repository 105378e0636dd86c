using System.Net;
using System.Net.Sockets;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests;

/// <summary>How the process begins and ends.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Ready_line_means_that_clients_can_connect()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = ServerProcess.Begin(new ServerLaunch { Directory = directory.Path });
        await server.WaitForLogAsync("STREAM: Streaming Server is ready");
        await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync("ready", "first");
    }

    [Fact]
    public async Task Orderly_stop_ends_without_an_error_and_keeps_everything()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.Path });
        await using (NatsConnection connection = await NatsConnection.ConnectAsync(server.Port))
        {
            StanClient client = await StanClient.ConnectAsync(connection);
            await client.PublishAsync("stop", 1, 10);
        }

        Assert.Contains(await server.StopAsync(), new[] { 0, 143 });
        Assert.DoesNotContain("Exception", server.Log, StringComparison.Ordinal);
        await using ServerProcess again = await server.StartAgainAsync();
        await using NatsConnection reader = await NatsConnection.ConnectAsync(again.Port);
        StanClient reading = await StanClient.ConnectAsync(reader);
        Assert.Equal(10, (await (await reading.SubscribeAsync("stop")).TakeAsync(10)).Count);
    }

    [Fact]
    public async Task Port_in_use_is_one_clear_error()
    {
        using var directory = new TemporaryDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using ServerProcess server = ServerProcess.Begin(new ServerLaunch { Directory = directory.Path, Port = port });
        Assert.Equal(1, await server.ExitAsync());
        Assert.Contains($"127.0.0.1:{port}: address already in use", server.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", server.Log, StringComparison.Ordinal);
    }
}
