using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

public sealed class PeerDirectoryTests
{
    private static readonly Guid Cluster = new(7, 0, 0, new byte[8]);
    private static readonly SiloNumber Own = new(1);
    private static readonly SiloStart Start = new(epoch: 1, nonce: 0);
    private static readonly PeerIdentity A = new("a", DirectoryOf(1));
    private static readonly PeerIdentity B = new("b", DirectoryOf(2));
    private static readonly PeerIdentity C = new("c", DirectoryOf(3));

    /// <summary>As of a metadata that has numbered three silos, the third of which was removed.</summary>
    private static readonly PeerDirectory.Picture Behind =
        new PeerDirectory.Picture("a", A.Silo, Start) { Cluster = Cluster, Own = Own }.With(Silos((1, A), (2, B)), new SiloNumber(3));

    [Fact]
    public void SiloThatCameAfterAllThatAreKnown_CanBeHeardAndAnswered()
    {
        var header = HeaderOf(4, 4);
        Assert.True(Behind.IsNewcomer(header));
        var known = Behind.WithNewcomer("d", header);
        AssertSilos(known, (1, A), (2, B), (4, new PeerIdentity("d", DirectoryOf(4))));
        Assert.Equal("d", known.NameOf(new SiloNumber(4)));
    }

    [Fact]
    public void NewcomerUnderAKnownName_TakesThePlaceOfItsBearer()
    {
        var header = HeaderOf(4, 4);
        var known = Behind.WithNewcomer("b", header);
        AssertSilos(known, (1, A), (4, new PeerIdentity("b", DirectoryOf(4))));
        Assert.Equal(new SiloNumber(4), known.NumberOf("b"));
        Assert.False(known.IsNewcomer(HeaderOf(2, 2)));
    }

    [Theory]
    [InlineData(3UL)]
    [InlineData(2UL)]
    [InlineData(0UL)]
    public void SiloOfAnEarlierNumber_IsNoNewcomer(ulong number) => Assert.False(Behind.IsNewcomer(HeaderOf(number, 9)));

    [Fact]
    public void StrangerToTheCluster_IsNoNewcomer()
    {
        var header = HeaderOf(4, 4);
        Assert.False(Behind.IsNewcomer(header with { Cluster = DirectoryOf(8) }));
        Assert.False(Behind.IsNewcomer(header with { To = new SiloNumber(2) }));
    }

    [Fact]
    public void SiloWithoutANumber_KnowsNoNewcomers()
    {
        var unnumbered = new PeerDirectory.Picture("a", A.Silo, Start) { Cluster = Cluster };
        Assert.False(unnumbered.IsNewcomer(HeaderOf(4, 4) with { To = SiloNumber.None }));
    }

    [Fact]
    public void MetadataThatIsStillBehind_LeavesANewcomerInItsPlace()
    {
        var known = Behind.WithNewcomer("b", HeaderOf(5, 5)).With(Silos((1, A), (2, B), (4, C)), new SiloNumber(4));
        AssertSilos(known, (1, A), (4, C), (5, new PeerIdentity("b", DirectoryOf(5))));
        Assert.False(known.IsNewcomer(HeaderOf(4, 4)));
    }

    [Fact]
    public void MetadataThatKnowsTheNewcomer_Decides()
    {
        var known = Behind.WithNewcomer("d", HeaderOf(4, 4)).With(Silos((1, A), (2, B)), new SiloNumber(4));
        AssertSilos(known, (1, A), (2, B));
        Assert.False(known.IsNewcomer(HeaderOf(4, 4)));
    }

    [Fact]
    public void QuestionsOfTwoStarts_AreNumberedApart()
    {
        var first = new PeerDirectory.Picture("a", A.Silo, new SiloStart(epoch: 7, nonce: 3)).FirstRequest;
        Assert.NotEqual(first >> 32, new PeerDirectory.Picture("a", A.Silo, new SiloStart(epoch: 8, nonce: 3)).FirstRequest >> 32);
        Assert.NotEqual(first >> 32, new PeerDirectory.Picture("a", A.Silo, new SiloStart(epoch: 7, nonce: 4)).FirstRequest >> 32);
        Assert.Equal(0UL, first << 32);
    }

    private static FrameHeader HeaderOf(ulong number, int directory) => new(Cluster, DirectoryOf(directory), new SiloNumber(number), Start, Own, Start, Start);

    private static Guid DirectoryOf(int number) => new(number, 1, 0, new byte[8]);

    private static IEnumerable<KeyValuePair<SiloNumber, PeerIdentity>> Silos(params (ulong Number, PeerIdentity Identity)[] silos) =>
        silos.Select(static silo => KeyValuePair.Create(new SiloNumber(silo.Number), silo.Identity));

    private static void AssertSilos(PeerDirectory.Picture picture, params (ulong Number, PeerIdentity Identity)[] expected) =>
        Assert.Equal(Silos(expected), picture.Silos.OrderBy(static silo => silo.Key));
}
