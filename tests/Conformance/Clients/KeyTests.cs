using Bayou.TestKit;
using Xunit;

namespace Bayou.Conformance.Clients;

/// <summary>Clients that nobody here wrote, as a user with a key. All users have one: some clients take a nonce in INFO for a demand.</summary>
public sealed class KeyTests(NodePrograms programs) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TestUserKey _key = new();

    [Fact]
    public async Task A1_Node_signs_with_its_key()
    {
        string configuration = _directory.File("server.conf");
        await File.WriteAllTextAsync(configuration, $"authorization {{ users: [ {{ nkey: {_key.Public} }} ] }}");
        await using ServerProcess server = await ServerProcess.StartAsync(new ServerLaunch { Directory = _directory.File("data"), Flags = ["-c", configuration] });
        await programs.RunAsync("users.mjs", "signs_with_its_key", server.Port, ("BAYOU_SEED", _key.Seed));
    }

    public void Dispose()
    {
        _key.Dispose();
        _directory.Dispose();
    }
}
