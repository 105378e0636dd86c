using System.Net;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Membership;
using Bayou.Grains.Replication;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime;
using Xunit;

namespace Bayou.Unit.Grains.Metadata;

/// <summary>Orleans' membership table, on a silo of its own.</summary>
public sealed class MetadataMembershipTableTests : IAsyncDisposable
{
    private readonly MemoryDisk _disk = new();
    private readonly FakeTimeProvider _time = new();
    private SiloStore? _store;
    private ReplicaHost? _host;

    public ValueTask DisposeAsync() => EndAsync();

    [Fact]
    public async Task WriteOnAnOldTable_Fails()
    {
        MetadataMembershipTable table = await StartAsync();
        TableVersion next = (await table.ReadAll()).Version.Next();
        Assert.True(await table.InsertRow(Entry(1, SiloStatus.Joining), next));
        Assert.False(await table.InsertRow(Entry(2, SiloStatus.Joining), next));
        Assert.Single((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task SignOfLife_MakesNobodysWriteFail()
    {
        MetadataMembershipTable table = await StartAsync();
        MembershipEntry first = Entry(1, SiloStatus.Active);
        Assert.True(await table.InsertRow(first, (await table.ReadAll()).Version.Next()));
        TableVersion next = (await table.ReadAll()).Version.Next();
        first.IAmAliveTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        await table.UpdateIAmAlive(first);
        Assert.True(await table.InsertRow(Entry(2, SiloStatus.Joining), next));
        Assert.Equal(first.IAmAliveTime, (await table.ReadRow(first.SiloAddress)).Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task EarlierLifeOfTheNode_IsDeadToWhoeverReads()
    {
        MetadataMembershipTable table = await StartAsync();
        Assert.True(await table.InsertRow(Entry(1, SiloStatus.Joining), (await table.ReadAll()).Version.Next()));
        var (joining, etag) = Assert.Single((await table.ReadAll()).Members);
        joining.Status = SiloStatus.Active;
        TableVersion before = (await table.ReadAll()).Version;
        Assert.True(await table.UpdateRow(joining, etag, before.Next()));
        Assert.Equal(SiloStatus.Active, Assert.Single((await table.ReadAll()).Members).Item1.Status);

        await EndAsync();
        table = await StartAsync();
        MembershipTableData after = await table.ReadAll();
        Assert.Equal(SiloStatus.Dead, Assert.Single(after.Members).Item1.Status);
        Assert.Equal(before.Version + 2, after.Version.Version);
    }

    [Fact]
    public async Task TurnToJoin_IsOverWithTheJoin()
    {
        MetadataMembershipTable table = await StartAsync();
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        Assert.NotNull((await RowAsync()).Row.Joining);
        Assert.True(await table.InsertRow(Entry(1, SiloStatus.Joining), (await table.ReadAll()).Version.Next()));
        Assert.NotNull((await RowAsync()).Row.Joining);
        MembershipTableData data = await table.ReadAll();
        data.Members[0].Item1.Status = SiloStatus.Active;
        Assert.True(await table.UpdateRow(data.Members[0].Item1, data.Members[0].Item2, data.Version.Next()));
        Assert.Null((await RowAsync()).Row.Joining);
    }

    [Fact]
    public async Task WhileItIsAnothersTurn_ASiloWaits_ButNotForEver()
    {
        MetadataMembershipTable table = await StartAsync();
        const ulong Other = 99;
        var (row, version) = await RowAsync();
        row.Joining = new Turn { Node = Other, Start = 1 };
        await _host!.Metadata.PutRowAsync("orleans/membership", version, row.ToByteArray());

        Task turn = table.InitializeMembershipTable(tryInitTableVersion: true);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(2); passed += TimeSpan.FromMilliseconds(50))
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            Assert.Equal(Other, (await RowAsync()).Row.Joining.Node);
        }

        while (!turn.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(turn, RowAsync());
        }

        await turn;
        Assert.NotEqual(Other, (await RowAsync()).Row.Joining.Node);
    }

    private static MembershipEntry Entry(int number, SiloStatus status) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 10_000 + number, number),
        SiloName = "node",
        Status = status,
        StartTime = DateTime.UnixEpoch,
        IAmAliveTime = DateTime.UnixEpoch,
    };

    private async Task<MetadataMembershipTable> StartAsync()
    {
        _store = SiloStore.Open(_disk, new StorageOptions(), static exception => Assert.Fail($"{exception}"));
        _host = new ReplicaHost(
            _store, new StreamingOptions(), new ReplicationOptions(), ClusterSettings.Alone, ReplicaEnvironment.Of(network: null, TimeProvider.System),
            NullLogger<ReplicaHost>.Instance, static exception => Assert.Fail($"{exception}"));
        _host.Start();
        await _host.ReadyAsync(TestContext.Current.CancellationToken);
        return new MetadataMembershipTable(_host, _time);
    }

    private async Task<(MembershipRow Row, ulong Version)> RowAsync() =>
        await _host!.Metadata.ReadRowAsync("orleans/membership") is { } found ? (MembershipRow.Parser.ParseFrom(found.Value.Span), found.Version) : (new MembershipRow(), 0);

    private async ValueTask EndAsync()
    {
        await _host!.DisposeAsync();
        _store!.Dispose();
    }
}
