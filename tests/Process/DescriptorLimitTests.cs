using System.Net;
using System.Net.Sockets;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests;

/// <summary>A process that may have few files open, and more who want to connect.</summary>
public sealed class DescriptorLimitTests
{
    private const int Limit = 700;

    [Fact]
    public async Task Server_that_is_full_goes_on_and_takes_clients_again_when_others_leave()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch
        {
            Directory = directory.Path,
            Wrapper = ["/bin/sh", "-c", $"ulimit -n {Limit}; exec \"$@\"", "sh"],
        });
        await using NatsConnection early = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(early);
        await client.PublishAsync("few", "before");

        var callers = new List<Socket>();
        try
        {
            for (int i = 0; i < Limit; i++)
            {
                var caller = new Socket(SocketType.Stream, ProtocolType.Tcp);
                callers.Add(caller);
                await caller.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), TestContext.Current.CancellationToken);
            }

            // Whoever comes too late hears so: the server has accepted everybody by then that it can.
            await WaitForRefusalAsync(callers[^1]);
            await client.PublishAsync("few", "while it is full");
        }
        finally
        {
            callers.ForEach(static caller => caller.Dispose());
        }

        await ConnectAsync(server);
        Assert.True(server.IsRunning, server.Log);
    }

    [Fact]
    public async Task Operator_who_asks_for_more_connections_than_files_is_told()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "bayou.conf");
        int port = FreePort.Find();
        await File.WriteAllTextAsync(
            file, $"listen: 127.0.0.1:{port}\nmax_connections: 5000\nstreaming {{ store: memory }}\n", TestContext.Current.CancellationToken);
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch
        {
            Directory = directory.Path,
            Port = port,
            ConfigurationFile = file,
            Wrapper = ["/bin/sh", "-c", $"ulimit -n {Limit}; exec \"$@\"", "sh"],
        });
        Assert.Contains("[WRN] max_connections is 5000, ", await server.WaitForLogAsync("max_connections"), StringComparison.Ordinal);
    }

    /// <summary>The server has closed the connection, which a client learns after the error's line.</summary>
    private static async Task WaitForRefusalAsync(Socket caller)
    {
        byte[] buffer = new byte[4096];
        string received = "";
        while (await caller.ReceiveAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
        {
            received += System.Text.Encoding.UTF8.GetString(buffer, 0, count);
        }

        Assert.Contains("-ERR 'maximum connections exceeded'", received, StringComparison.Ordinal);
    }

    /// <summary>It may not have noticed yet that the others are gone.</summary>
    private static async Task ConnectAsync(ServerProcess server)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                await using NatsConnection late = await NatsConnection.ConnectAsync(server.Port);
                StanClient client = await StanClient.ConnectAsync(late);
                await client.PublishAsync("few", "after");
                return;
            }
            catch (IOException)
            {
                // Refused: too many are there still.
            }
        }
    }
}
