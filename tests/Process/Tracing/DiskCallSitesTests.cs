using System.Text.RegularExpressions;
using Bayou.ProcessTests.Killing;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Google.Protobuf;
using Xunit;

namespace Bayou.ProcessTests.Tracing;

/// <summary>
/// Wherever the kernel refuses to write or to sync, the server stops and says where, nothing is acknowledged after that, and the next start has
/// everything that was. <see cref="DiskCallSite.All"/> lists the places; a trace of a whole life shows that none is missing.
/// </summary>
public sealed partial class DiskCallSitesTests
{
    private const string Channel = "sites";
    private const string Calls = "pwrite64,pwritev,fdatasync,fsync,syncfs,sync_file_range,msync";

    /// <summary>So large that five of them make the journal grow, and 17 fill a segment.</summary>
    private const int LargeBytes = 1_000_000;

    public static TheoryData<string> Names => [.. DiskCallSite.All.Select(static site => site.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Failure_stops_the_server_and_loses_nothing_acknowledged(string name)
    {
        DiskCallSite site = DiskCallSite.All.Single(site => site.ToString() == name);
        using var directory = new TemporaryDirectory();
        string data = directory.File("data");
        string trace = directory.File("trace");
        var acknowledged = new List<string>();
        string log = site.Phase is ServerPhase.Serving or ServerPhase.Stopping
            ? await FailRunningAsync(site, data, trace, acknowledged)
            : await FailStartingAsync(site, data, trace, acknowledged);
        Assert.Contains(SystemCallTrace.Read(trace), call => call.Name == site.Call && call.Result == -1 && call.Mentions("INJECTED"));
        Assert.Contains(site.Complaint(data), log, StringComparison.Ordinal);
        await RequireStoredAsync(data, acknowledged);
    }

    [Fact]
    public async Task Every_write_and_sync_of_a_whole_life_is_of_a_kind_that_was_made_to_fail()
    {
        using var directory = new TemporaryDirectory();
        string data = directory.File("data");
        var calls = new List<SystemCall>();
        await LiveAsync("first", static server => server.StopAsync(), messages: 20);
        await LiveAsync("second", static server => server.KillAsync(), messages: 3);
        await LiveAsync("third", static server => server.StopAsync(), messages: 3);
        string[] missing =
        [
            .. calls.Select(call => Descriptor().Match(call.Arguments))
                .Zip(calls, static (match, call) => (call.Name, File: match.Groups["path"].Value))
                .Where(call => call.File.StartsWith(data, StringComparison.Ordinal))
                .Select(call => DiskCallSite.KindOf(call.Name, call.File[data.Length..].TrimStart('/')))
                .Except(DiskCallSite.All.Select(static site => DiskCallSite.KindOf(site.Call, site.File)))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Empty(missing);

        async Task LiveAsync(string life, Func<ServerProcess, Task<int>> end, int messages)
        {
            string trace = directory.File(life);
            await using (ServerProcess server = await ServerProcess.StartAsync(Strace.Trace(data, trace, Calls, shownBytes: 16)))
            {
                await PublishAsync(server.Port, messages, []);
                await end(server);
            }

            calls.AddRange(SystemCallTrace.Read(trace));
        }
    }

    private static async Task<string> FailStartingAsync(DiskCallSite site, string data, string trace, List<string> acknowledged)
    {
        if (site.Phase != ServerPhase.FirstStart)
        {
            await using ServerProcess before = await ServerProcess.StartAsync(new ServerLaunch { Directory = data });
            await PublishAsync(before.Port, 3, acknowledged);
            await (site.Phase == ServerPhase.NextStart ? before.StopAsync() : before.KillAsync());
        }

        await using ServerProcess server = ServerProcess.Begin(Strace.FailStarting(data, trace, site.Call, site.PathIn(data), site.Number));
        Assert.Equal(ServerProcess.Aborted, await server.ExitAsync());
        return server.Log;
    }

    private static async Task<string> FailRunningAsync(DiskCallSite site, string data, string trace, List<string> acknowledged)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = data });
        await PublishAsync(server.Port, 3, acknowledged);
        await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(connection);
        using var tracer = await Strace.FailRunningAsync(server.ProcessId, trace, site.Call, site.PathIn(data));
        Task<int> end = site.Phase == ServerPhase.Stopping ? server.StopAsync() : PublishUntilItStopsAsync(server, connection, client, acknowledged);
        Assert.Equal(ServerProcess.Aborted, await end);
        await tracer.WaitForExitAsync().WaitAsync(Patience.Long);
        return server.Log;
    }

    private static async Task<int> PublishUntilItStopsAsync(ServerProcess server, NatsConnection connection, StanClient client, List<string> acknowledged)
    {
        while (acknowledged.Count < 100 && await TryPublishAsync(client, connection) is { } guid)
        {
            acknowledged.Add(guid);
        }

        Assert.True(acknowledged.Count < 100, "The disk did not fail.");
        return await server.ExitAsync();
    }

    private static async Task PublishAsync(int port, int count, List<string> acknowledged)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection);
        for (int i = 0; i < count; i++)
        {
            acknowledged.Add(await TryPublishAsync(client, connection) ?? throw new InvalidOperationException("The server stopped."));
        }

        await client.CloseAsync();
    }

    /// <summary>What was acknowledged; null if the server stopped instead.</summary>
    private static async Task<string?> TryPublishAsync(StanClient client, NatsConnection connection)
    {
        PubMsg message = client.NewMessage(Channel, []);
        message.Data = ByteString.CopyFromUtf8(message.Guid.PadRight(LargeBytes));
        try
        {
            Task<PubAck> answer = client.SendAsync(message);
            await Task.WhenAny(answer, connection.Closed).WaitAsync(Patience.Long);
            if (!answer.IsCompleted) return null;
            Assert.Equal("", (await answer).Error);
            return message.Guid;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    private static async Task RequireStoredAsync(string data, List<string> acknowledged)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = data });
        string marker = await ChannelReader.MarkAsync(server.Port, Channel);
        var copy = new ChannelCopy("The reader");
        await ChannelReader.ReadAsync(server.Port, Channel, 1, marker, copy);
        Assert.Equal(acknowledged, copy.Texts.Select(static text => text.TrimEnd()).Take(acknowledged.Count));
        Assert.Equal(0, await server.StopAsync());
    }

    [GeneratedRegex("^[0-9]+<(?<path>[^>]*)>", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Descriptor();
}
