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

        Assert.Equal(0, await server.StopAsync());
        Assert.DoesNotContain("Exception", server.Log, StringComparison.Ordinal);
        await using ServerProcess again = await server.StartAgainAsync();
        await using NatsConnection reader = await NatsConnection.ConnectAsync(again.Port);
        StanClient reading = await StanClient.ConnectAsync(reader);
        Assert.Equal(10, (await (await reading.SubscribeAsync("stop")).TakeAsync(10)).Count);
    }

    /// <summary>Whoever runs the tests may ignore SIGINT, as shells have what they run in the background do, and children inherit that.</summary>
    [Fact]
    public async Task Interrupt_is_an_orderly_stop()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(
            new ServerLaunch { Directory = directory.Path, Wrapper = ["env", "--default-signal=INT"] });

        Assert.Equal(0, await server.InterruptAsync());
        Assert.Contains("Shutting down", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_file_that_was_moved_is_begun_anew_when_told_so()
    {
        using var directory = new TemporaryDirectory();
        string log = directory.File("bayou.log");
        string pid = directory.File("bayou.pid");
        await using ServerProcess server = ServerProcess.Begin(
            new ServerLaunch { Directory = directory.File("data"), Flags = ["-l", log, "-P", pid] });
        await WaitForTextAsync(log, "Streaming Server is ready");
        File.Move(log, log + ".1");

        await Programs.RunAsync([server.Launch.Program, "-signal", $"reopen={pid}"]);
        await WaitForTextAsync(log, "");
        await Programs.RunAsync([server.Launch.Program, "-signal", $"term={pid}"]);
        Assert.Equal(0, await server.ExitAsync());
        Assert.Contains("Shutting down", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("Shutting down", await File.ReadAllTextAsync(log + ".1", TestContext.Current.CancellationToken), StringComparison.Ordinal);
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

    /// <summary>Waits until a file is there and has a text in it.</summary>
    private static async Task WaitForTextAsync(string path, string text)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, patience.Token)).Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }
}
