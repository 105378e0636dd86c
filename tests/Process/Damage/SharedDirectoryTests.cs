using Bayou.TestKit;
using Bayou.TestKit.Nats;
using Bayou.TestKit.Stan;
using Xunit;

namespace Bayou.ProcessTests.Damage;

/// <summary>A data directory has one server at a time.</summary>
public sealed class SharedDirectoryTests
{
    [Fact]
    public async Task Second_server_on_one_directory_is_refused_and_the_first_goes_on()
    {
        using var directory = new TemporaryDirectory();
        await using ServerProcess first = await ServerProcess.StartAsync(new ServerLaunch { Directory = directory.Path });
        await using ServerProcess second = ServerProcess.Begin(new ServerLaunch { Directory = directory.Path });
        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains($"The data directory {directory.Path} is in use by another server", second.Log, StringComparison.Ordinal);

        await using NatsConnection connection = await NatsConnection.ConnectAsync(first.Port);
        StanClient client = await StanClient.ConnectAsync(connection);
        await client.PublishAsync("shared", "still here");
    }
}
