using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Formation;
using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Grains.Replication.Snapshots;
using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Formation = Bayou.Grains.Replication.Peers.Wire.Formation;

namespace Bayou.Unit.Grains.Replication;

/// <summary>How a silo on an old state of its directory is not heard, and hears of it.</summary>
public sealed class OutdatedSiloTests : IDisposable
{
    private static readonly Guid Cluster = new(7, 0, 0, new byte[8]);
    private static readonly PeerIdentity Own = new("a", new Guid(1, 0, 0, new byte[8]));
    private static readonly PeerIdentity Other = new("b", new Guid(2, 0, 0, new byte[8]));
    private static readonly SiloStart Start = new(epoch: 5, nonce: 3);
    private static readonly SiloStart Former = new(epoch: 4, nonce: 9);

    private readonly PeerDirectory _peers = new(new PeerDirectory.Picture(Own.Name, Own.Silo, Start) { Cluster = Cluster, Own = new SiloNumber(1) }
        .With([KeyValuePair.Create(new SiloNumber(1), Own), KeyValuePair.Create(new SiloNumber(2), Other)], new SiloNumber(2)));

    private readonly PeerLiveness _liveness = new(TimeSpan.FromSeconds(1));
    private readonly Ears _heard = new();
    private readonly List<FormationStep> _steps = [];
    private readonly SiloStore _store = SiloStore.Open(new MemoryDisk(), new StorageOptions(), static e => throw new InvalidOperationException("The disk failed.", e));
    private readonly StartMemory _starts = new([Start, Former, new SiloStart(epoch: 3, nonce: 1)]);
    private readonly FrameDispatcher _dispatcher;
    private int _outdated;

    public OutdatedSiloTests() => _dispatcher = new FrameDispatcher(
        _peers, _starts, _liveness, static _ => throw new InvalidOperationException("Nothing here is for a group."), new ChunkServer(PoolScheduler.Instance), _heard, static () => 100);

    [Fact]
    public void FrameBelowTheFloor_IsDropped()
    {
        _liveness.Raise(new SiloNumber(2), new SiloStart(epoch: 9, nonce: 1));
        Receive(new SiloStart(epoch: 8, nonce: 0), toStart: Start);
        Receive(new SiloStart(epoch: 9, nonce: 2), toStart: Start);
        Assert.Empty(_heard.Words);
        Assert.False(_liveness.IsAlive(new SiloNumber(2)));

        Receive(new SiloStart(epoch: 9, nonce: 1), toStart: Start);
        Assert.Equal(["started First", "heartbeat"], _heard.Words);
    }

    [Fact]
    public void OldDirectory_IsNotHeardHoweverOftenItIsStarted()
    {
        _liveness.Raise(new SiloNumber(2), new SiloStart(epoch: 9, nonce: 1));
        for (ulong epoch = 8; epoch < 30; epoch++)
        {
            Receive(new SiloStart(epoch, nonce: 2), toStart: Start);
        }

        Assert.Empty(_heard.Words);
    }

    [Fact]
    public void SiloThatWasStartedAnew_IsHeardWhenItHasLearnedWhatIsKnownOfIt()
    {
        var known = new SiloStart(epoch: 9, nonce: 1);
        _liveness.Raise(new SiloNumber(2), known);
        var header = HeaderOf(new SiloStart(epoch: 11, nonce: 4), toStart: SiloStart.None);
        Receive(header);
        Assert.Empty(_heard.Words);
        Assert.Equal(known, _peers.Current.HeaderTo(new SiloNumber(2), _liveness.StartsFor(new SiloNumber(2))).ToStart);
        Receive(header with { Follows = known });
        Assert.Equal(["started First", "heartbeat"], _heard.Words);
    }

    [Fact]
    public void FrameThatIsNotHeard_TellsAllTheSameWhatItsSenderKnows()
    {
        _liveness.Raise(new SiloNumber(2), new SiloStart(epoch: 9, nonce: 1));
        Receive(new SiloStart(epoch: 11, nonce: 4), toStart: Former);
        Assert.Equal(Former, _peers.Current.HeaderTo(new SiloNumber(2), _liveness.StartsFor(new SiloNumber(2))).Follows);
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(5, 4)]
    [InlineData(4, 8)]
    [InlineData(2, 0)]
    public void StartThatTheDirectoryDoesNotRemember_SaysThatItIsOutdated_AndNothingElse(ulong epoch, ushort nonce)
    {
        Receive(new SiloStart(epoch: 2, nonce: 0), toStart: new SiloStart(epoch, nonce));
        Assert.Equal(["outdated"], _heard.Words);
        Assert.False(_liveness.IsAlive(new SiloNumber(2)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 9)]
    [InlineData(5, 3)]
    public void StartThatItRemembers_OrNone_IsRight(ulong epoch, ushort nonce)
    {
        Receive(new SiloStart(epoch: 2, nonce: 0), toStart: new SiloStart(epoch, nonce));
        Assert.Equal(["started First", "heartbeat"], _heard.Words);
    }

    [Fact]
    public void StartsBeforeTheNotedOne_NeedNotBeRemembered()
    {
        var longAgo = new SiloStart(epoch: 2, nonce: 7);
        Assert.False(_starts.Remembers(longAgo));
        Assert.True(_starts.TryNote(Former));
        Assert.True(_starts.Remembers(longAgo));
        Assert.True(_starts.TryNote(new SiloStart(epoch: 3, nonce: 1)));
        Assert.True(_starts.Remembers(Former));
        Assert.False(_starts.Remembers(new SiloStart(epoch: 5, nonce: 4)));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(2, 5, true)]
    [InlineData(3, 1, true)]
    [InlineData(3, 2, false)]
    [InlineData(5, 3, true)]
    [InlineData(5, 4, false)]
    [InlineData(6, 3, false)]
    public void OwnMetadata_MustTellOfAStartOfThisDirectory(ulong epoch, ushort nonce, bool isRight) =>
        Assert.Equal(isRight, _starts.TryNote(new SiloStart(epoch, nonce)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FrameForAnotherSilo_ConcernsNobodyHere(bool isOfAnotherCluster)
    {
        var header = HeaderOf(new SiloStart(epoch: 2, nonce: 0), new SiloStart(epoch: 6, nonce: 0));
        Receive(isOfAnotherCluster ? header with { Cluster = Other.Silo } : header with { To = new SiloNumber(3) });
        Assert.Empty(_heard.Words);
    }

    [Fact]
    public void DirectoryFromBeforeTheCluster_LearnsThatItsPlaceWasUsed()
    {
        var driver = Driver();
        var word = new Formation
        {
            Name = "b",
            Cluster = ByteString.CopyFrom(Cluster.ToByteArray()),
            Founders = { ClusterFormation.ToWire(Own, SiloNumber.None), ClusterFormation.ToWire(Other, SiloNumber.None) },
            Asker = ByteString.CopyFrom(Own.Silo.ToByteArray()),
            Start = new SiloStart(epoch: 6, nonce: 3).Value,
        };
        var header = HeaderOf(new SiloStart(epoch: 2, nonce: 0), SiloStart.None);
        driver.OnWord("b", header, word);
        Assert.Equal((1, 0), (_outdated, _steps.Count));
        driver.OnWord("b", header, new Formation(word) { Start = Former.Value });
        Assert.Equal((1, 1), (_outdated, _steps.Count));
        driver.OnWord("b", header, new Formation(word) { Asker = ByteString.CopyFrom(Other.Silo.ToByteArray()) });
        Assert.Equal((1, 2), (_outdated, _steps.Count));
    }

    public void Dispose() => _store.Dispose();

    private FormationDriver Driver()
    {
        var services = new ReplicaServices(
            _store, new FakeTimeProvider(), new Random(1), _peers, _liveness, PoolScheduler.Instance, new ReplicationOptions(), new Unobserved());
        return new FormationDriver(
            new ClusterFormation(Own, ["b"], mayFound: true), ["b"], services, _starts, NoPeers.Instance, _steps.Add, static _ => { }, static () => { }, () => _outdated++);
    }

    private static FrameHeader HeaderOf(SiloStart start, SiloStart toStart) => new(Cluster, Other.Silo, new SiloNumber(2), start, new SiloNumber(1), toStart, SiloStart.None);

    private void Receive(SiloStart start, SiloStart toStart) => Receive(HeaderOf(start, toStart));

    private void Receive(FrameHeader header)
    {
        var builder = new FrameBuilder();
        builder.Add(FrameItem.Heartbeat, new Heartbeat());
        _dispatcher.Dispatch(Other.Name, builder.Complete(header).ToArray());
    }

    private sealed class Unobserved : IReplicationObserver;

    private sealed class Ears : IFrameReceiver
    {
        public List<string> Words { get; } = [];

        public void OnSiloStarted(SiloNumber silo, HeardStart heard) => Words.Add($"started {heard}");

        public void OnFormation(string peer, FrameHeader header, Formation word) => Words.Add("formation");

        public void OnUnlisted(string peer, FrameHeader header) => Words.Add("unlisted");

        public void OnOutdated() => Words.Add("outdated");

        public void OnHeartbeat(SiloNumber from, Heartbeat heartbeat) => Words.Add("heartbeat");

        public void OnCommand(SiloNumber from, Command command) => Words.Add("command");

        public void OnCommandResult(CommandResult result) => Words.Add("result");

        public void OnPublishAnswer(PublishAnswer answer) => Words.Add("answer");
    }
}
