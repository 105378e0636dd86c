using Bayou.Grains.Metadata;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Raft;
using Bayou.Records;
using Bayou.Storage;
using Google.Protobuf;
using Xunit;

namespace Bayou.Unit.Grains.Metadata;

/// <summary>What the metadata keeps of the starts of silos.</summary>
public sealed class SiloStartTests
{
    private static readonly SiloNumber One = new(1);

    private readonly MetadataStateMachine _machine = SiloChangeTests.Founded(3);

    [Fact]
    public void NotedStart_OnlyGrows()
    {
        Note(new SiloStart(epoch: 3, nonce: 7));
        Assert.Equal(new SiloStart(3, 7), Noted);
        Note(new SiloStart(epoch: 5, nonce: 1));
        Assert.Equal(new SiloStart(5, 1), Noted);
        Note(new SiloStart(epoch: 4, nonce: 9));
        Assert.Equal(new SiloStart(5, 1), Noted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void OfTwoStartsWithOneEpoch_TheFirstStays(int nonce)
    {
        Note(new SiloStart(epoch: 5, nonce: 4));
        Note(new SiloStart(epoch: 5, (ushort)nonce));
        Assert.Equal(new SiloStart(5, 4), Noted);
    }

    [Fact]
    public void OnlyANewerStart_IsAChange()
    {
        var before = _machine.PlacementVersion;
        Note(new SiloStart(epoch: 2, nonce: 0));
        var after = _machine.PlacementVersion;
        Assert.NotEqual(before, after);
        Note(new SiloStart(epoch: 2, nonce: 0));
        Note(new SiloStart(epoch: 1, nonce: 0));
        Assert.Equal(after, _machine.PlacementVersion);
    }

    [Fact]
    public void SiloThatIsUnknown_IsNotNoted()
    {
        var before = _machine.Save();
        _machine.Apply(new MetadataCommand { NoteStart = new NoteStart { Silo = 9, Start = new SiloStart(1, 1).Value } });
        Assert.Equal(before, _machine.Save());
    }

    [Fact]
    public void NotedStart_IsPartOfTheState()
    {
        Note(new SiloStart(epoch: 3, nonce: 7));
        var restored = new MetadataStateMachine();
        restored.Restore(_machine.Save());
        Assert.Equal(new SiloStart(3, 7), restored.Silos.All[One].Start);
        Assert.Equal(_machine.Save(), restored.Save());
    }

    [Fact]
    public void LogAfterACheckpoint_TellsOfTheStartsInIt()
    {
        var noted = new MetadataCommand { NoteStart = new NoteStart { Silo = 1, Start = new SiloStart(3, 7).Value } };
        var other = new MetadataCommand { DrainSilo = new DrainSilo { Silo = 2 } };
        var mark = default(Bayou.Grains.Replication.LogDigest).NextMark();
        var recovered = new RecoveredGroup
        {
            Group = GroupId.Metadata,
            HardState = default,
            AppliedIndex = 10,
            AppliedTerm = 1,
            State = default,
            Entries =
            [
                new JournalEntry(11, 1, (byte)EntryKind.Normal, default),
                new JournalEntry(12, 1, (byte)EntryKind.Normal, noted.ToByteArray()),
                new JournalEntry(13, 1, (byte)EntryKind.ConfChange, new byte[] { 1, 2, 3 }),
                new JournalEntry(14, 1, (byte)EntryKind.Normal, mark),
                new JournalEntry(15, 1, (byte)EntryKind.Normal, other.ToByteArray()),
            ],
        };
        Assert.Equal([(One, new SiloStart(3, 7))], MetadataReplica.StartsIn(recovered));
    }

    private SiloStart Noted => _machine.Silos.All[One].Start;

    private void Note(SiloStart start) => _machine.Apply(new MetadataCommand { NoteStart = new NoteStart { Silo = 1, Start = start.Value } });
}
