using System.Text;
using Bayou.ProcessTests.Killing;
using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Bayou.TestKit.Stan.Wire;
using Xunit;

namespace Bayou.ProcessTests.Damage;

/// <summary>Bytes that were acknowledged and are no longer what they were: the server says where, and touches nothing.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const string Channel = "damage";
    private const int Refused = 1;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Flipped_byte_in_the_journal_is_refused_with_file_and_offset(int message)
    {
        ServerLaunch launch = await PublishAndKillAsync(count: 100, bytes: 200);
        var data = new DataDirectory(launch.Directory);
        (string file, long offset) = data.Find(Text(message), "wal");
        DataDirectory.Flip(file, offset + 2);
        await RequireRefusalAsync(launch, data, Path.GetFileName(file));
    }

    [Fact]
    public async Task Journal_cut_in_its_acknowledged_part_is_refused_with_file_and_offset()
    {
        ServerLaunch launch = await PublishAndKillAsync(count: 100, bytes: 200);
        var data = new DataDirectory(launch.Directory);
        (string file, long offset) = data.Find(Text(50), "wal");
        DataDirectory.Cut(file, offset);
        await RequireRefusalAsync(launch, data, Path.GetFileName(file));
    }

    [Fact]
    public async Task Missing_journal_is_refused()
    {
        ServerLaunch launch = await PublishAndKillAsync(count: 10, bytes: 200);
        var data = new DataDirectory(launch.Directory);
        (string file, _) = data.Find(Text(5), "wal");
        File.Delete(file);
        await RequireRefusalAsync(launch, data, Path.GetFileName(file));
    }

    [Theory]
    [InlineData("CHECKPOINT.a")]
    [InlineData("CHECKPOINT.b")]
    [InlineData("IDENT.a")]
    [InlineData("IDENT.b")]
    public async Task One_damaged_copy_is_replaced_by_the_other(string copy)
    {
        ServerLaunch launch = await PublishAndKillAsync(count: 20, bytes: 200);
        DataDirectory.Flip(Path.Combine(launch.Directory, copy), 20);
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        await RequireAllAsync(server.Port, 20);
    }

    [Theory]
    [InlineData("CHECKPOINT")]
    [InlineData("IDENT")]
    public async Task Two_damaged_copies_are_refused(string name)
    {
        ServerLaunch launch = await PublishAndKillAsync(count: 20, bytes: 200);
        DataDirectory.Flip(Path.Combine(launch.Directory, name + ".a"), 20);
        DataDirectory.Flip(Path.Combine(launch.Directory, name + ".b"), 20);
        await RequireRefusalAsync(launch, new DataDirectory(launch.Directory), name);
    }

    [Fact]
    public async Task Segment_cut_below_its_checkpoint_is_refused_with_file_and_offset()
    {
        ServerLaunch launch = await PublishPastACheckpointAsync();
        var data = new DataDirectory(launch.Directory);
        (string file, long offset) = data.Find(Text(3), "seg");
        DataDirectory.Cut(file, offset);
        await RequireRefusalAsync(launch, data, Path.GetFileName(file));
    }

    [Fact]
    public async Task Flipped_byte_in_a_segment_is_never_delivered_and_reported_with_file_and_offset()
    {
        ServerLaunch launch = await PublishPastACheckpointAsync();
        (string file, long offset) = new DataDirectory(launch.Directory).Find(Text(3), "seg");
        DataDirectory.Flip(file, offset + 2);
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        await using NatsConnection connection = await NatsConnection.ConnectAsync(server.Port);
        StanClient client = await StanClient.ConnectAsync(connection);
        StanSubscription subscription = await client.SubscribeAsync(Channel);
        string line = await server.WaitForLogAsync(Path.GetFileName(file) + ", offset ");
        Assert.NotEmpty(line);
        while (await subscription.NextOrNullAsync(Patience.Silence) is { } message)
        {
            Assert.Equal(Text((int)message.Sequence), Encoding.UTF8.GetString(message.Data.Span[..Text(1).Length]));
        }
    }

    private static string Text(int number) => $"message {number:D6}";

    private static byte[] Payload(int number, int bytes)
    {
        byte[] payload = new byte[bytes];
        Encoding.UTF8.GetBytes(Text(number)).CopyTo(payload, 0);
        return payload;
    }

    private static async Task PublishAsync(int port, int count, int bytes)
    {
        await using NatsConnection connection = await NatsConnection.ConnectAsync(port);
        StanClient client = await StanClient.ConnectAsync(connection);
        for (int i = 1; i <= count; i++) Assert.Equal("", (await client.TryPublishAsync(Channel, Payload(i, bytes))).Error);
    }

    private static async Task RequireAllAsync(int port, int count)
    {
        string marker = await ChannelReader.MarkAsync(port, Channel);
        var copy = new ChannelCopy("The reader");
        Assert.Equal((ulong)count + 1, await ChannelReader.ReadAsync(port, Channel, 1, marker, copy));
    }

    private static async Task RequireRefusalAsync(ServerLaunch launch, DataDirectory data, string file)
    {
        string before = data.Fingerprint();
        await using ServerProcess server = ServerProcess.Begin(launch);
        Assert.Equal(Refused, await server.ExitAsync());
        Assert.Contains("[FTL]", server.Log, StringComparison.Ordinal);
        Assert.Contains(file, server.Log, StringComparison.Ordinal);
        Assert.Contains("offset", server.Log, StringComparison.Ordinal);
        data.RequireUnchanged(before);
    }

    private async Task<ServerLaunch> PublishAndKillAsync(int count, int bytes)
    {
        var launch = new ServerLaunch { Directory = _directory.File("data") };
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        await PublishAsync(server.Port, count, bytes);
        await server.KillAsync();
        return launch;
    }

    /// <summary>A checkpoint is due after 64 MiB; it is there once a first segment is named in it.</summary>
    private async Task<ServerLaunch> PublishPastACheckpointAsync()
    {
        var launch = new ServerLaunch { Directory = _directory.File("data"), Flags = ["-mb", "0"] };
        await using ServerProcess server = await ServerProcess.StartAsync(launch);
        long empty = new FileInfo(Path.Combine(launch.Directory, "CHECKPOINT.a")).Length;
        for (int round = 0; new FileInfo(Path.Combine(launch.Directory, "CHECKPOINT.a")).Length <= empty; round++)
        {
            Assert.True(round < 40, "No checkpoint was written.");
            await PublishAsync(server.Port, count: 20, bytes: 500_000);
        }

        await server.KillAsync();
        return launch;
    }
}
