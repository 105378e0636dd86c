using System.Text;
using Bayou.Import;
using Bayou.Import.Wire;
using Xunit;

namespace Bayou.Unit.Import;

public sealed class SourceStoreTests : IDisposable
{
    private const byte AddClient = 1;
    private const byte DeleteClient = 2;

    private readonly StoreFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Slices_AreReadInTheOrderOfTheirNumbers()
    {
        _files.WriteSlice("foo", 10, new StoreBytes().AddMessage(5, [5]));
        _files.WriteSlice("foo", 2, new StoreBytes().AddMessage(3, [3]).AddMessage(4, [4]));
        _files.Write("foo/msgs.1.dat.bak", [1, 2, 3]).Write("foo/msgs.x.dat", [1, 2, 3]).Write("subs123.tmp", [1]);
        var channel = Assert.Single(_files.Open().Channels);
        Assert.Equal(("foo", "3 4 5"), (channel.Name, Sequences(channel)));
        Assert.Empty(_files.Damage);
    }

    [Fact]
    public void Message_HasAllThatWasStored()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(1, "data"u8.ToArray(), timestamp: 1_700_000_000_123_456_789, reply: "antwort.ü"));
        var message = Assert.Single(_files.Open().Channels[0].ReadMessages(_files.Damage.Add));
        Assert.Equal((1UL, 1_700_000_000_123_456_789), (message.Sequence, message.Timestamp));
        Assert.Equal("antwort.ü", Encoding.UTF8.GetString(message.ReplyTo.Span));
        Assert.Equal("data"u8, message.Data.Span);
    }

    [Fact]
    public void MessageThatIsNoNewerThanTheOneBefore_IsDamage()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(2, []).AddMessage(2, []).AddMessage(1, []).AddMessage(4, []));
        Assert.Equal("2 4", Sequences(_files.Open().Channels[0]));
        Assert.Equal(2, _files.Damage.Count);
    }

    [Fact]
    public void FileThatEndsBeforeItsIndexDoes_IsDamage()
    {
        var slice = new StoreBytes().AddMessage(1, []);
        var length = slice.Length;
        _files.Write("foo/msgs.1.idx", slice.AddMessage(2, []).ToIndex());
        _files.Write("foo/msgs.1.dat", slice.ToArray()[..length]);
        Assert.Equal("1", Sequences(_files.Open().Channels[0]));
        Assert.Equal(length, Assert.Single(_files.Damage).Offset);
    }

    [Fact]
    public void SliceWithoutAnIndex_IsRead()
    {
        _files.Write("foo/msgs.1.dat", new StoreBytes().AddMessage(1, []).ToArray());
        Assert.Equal("1", Sequences(_files.Open().Channels[0]));
        Assert.Empty(_files.Damage);
    }

    [Fact]
    public void Clients_AreThoseThatWereNotDeleted()
    {
        _files.Write("clients.dat", new StoreBytes()
            .Add(new ClientInfo { Id = "b", HeartbeatInbox = "old" }, AddClient)
            .Add(new ClientInfo { Id = "a", HeartbeatInbox = "hb", PingInterval = 5, PingMaxOut = 3, Protocol = 1 }, AddClient)
            .Add(new ClientDelete { Id = "b" }, DeleteClient)
            .Add(new ClientInfo { Id = "c", HeartbeatInbox = "hc" }, AddClient)
            .ToArray());
        var clients = _files.Open().Clients;
        Assert.Equal(["a", "c"], clients.Select(client => client.Id));
        Assert.Equal(("hb", 1, 5, 3), (clients[0].HeartbeatInbox, clients[0].Protocol, clients[0].PingInterval, clients[0].PingMaxOut));
    }

    [Fact]
    public void StoreOfAnotherPolynomial_IsReadWithIt_AndRefusedWithoutIt()
    {
        const uint Castagnoli = 0x82F63B78;
        _files.Write("server.dat", new StoreBytes(Castagnoli).Add(new ServerInfo { ClusterId = "other" }).ToArray());
        _files.WriteSlice("foo", 1, new StoreBytes(Castagnoli).AddMessage(1, []));
        Assert.Contains("file_crc_poly", Assert.Throws<SourceException>(() => _files.Open()).Message, StringComparison.Ordinal);
        var store = _files.Open(polynomial: Castagnoli);
        Assert.Equal(("other", "1"), (store.ClusterId, Sequences(store.Channels[0])));
        Assert.Empty(_files.Damage);
    }

    [Fact]
    public void DirectoryThatIsNoStore_IsRefused()
    {
        File.Delete(Path.Combine(_files.Path, "server.dat"));
        Assert.Contains("no file store", Assert.Throws<SourceException>(() => _files.Open()).Message, StringComparison.Ordinal);
        _files.Write("server.dat", [1, 0, 0, 0]);
        Assert.Contains("never stored", Assert.Throws<SourceException>(() => _files.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncryptedMessages_AreOpenedWithTheKey_AndPlainOnesAmongThemAreTakenAsTheyAre()
    {
        _files.WriteSlice("foo", 1, new StoreBytes()
            .AddMessage(1, "plain"u8.ToArray())
            .AddMessage(2, PayloadCipherTests.Seal(1, "foo", 2, "sealed"u8))
            .AddMessage(3, [1, .. "begins with the byte of a cipher"u8])
            .AddMessage(4, []));
        var store = _files.Open("a key"u8.ToArray());
        var texts = store.Channels[0].ReadMessages(_files.Damage.Add).Select(message => Encoding.UTF8.GetString(message.Data.Span)).ToList();
        Assert.Equal(["plain", "sealed", "\u0001begins with the byte of a cipher", ""], texts);
        Assert.Equal((1, 0), (store.DecryptedCount, store.StillEncryptedCount));
        Assert.Empty(_files.Damage);
    }

    [Fact]
    public void EncryptedMessageThatTheKeyDoesNotOpen_IsDamageAndCounted()
    {
        _files.WriteSlice("foo", 1, new StoreBytes().AddMessage(1, PayloadCipherTests.Seal(1, "foo", 1, "sealed"u8)));
        var store = _files.Open("no key"u8.ToArray());
        Assert.Equal("", Sequences(store.Channels[0]));
        Assert.Single(_files.Damage);
        Assert.Equal((0, 1), (store.DecryptedCount, store.StillEncryptedCount));

        store = _files.Open();
        Assert.Equal("1", Sequences(store.Channels[0]));
        Assert.Equal(1, store.StillEncryptedCount);
    }

    private string Sequences(SourceChannel channel) => string.Join(' ', channel.ReadMessages(_files.Damage.Add).Select(message => message.Sequence));
}
