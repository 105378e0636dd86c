using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>What a group is told about lost parts of the journal, and what makes a loss good.</summary>
public sealed class GroupFaultTests : IDisposable
{
    private static readonly GroupId Others = new(9);

    private readonly JournalScript _script = new();

    public void Dispose() => _script.Dispose();

    [Fact]
    public void LostBatch_NamesWhatItHeldAndNothingBehindItIsHandedOut()
    {
        _script.Write(Orders, Entry(1), Entry(2));
        var lost = _script.WriteTogether(Write(Orders, Entry(3), Entry(4)), Write(Others, Entry(1)));
        _script.Write(Orders, Entry(5));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1), Entry(2)], new GroupFault { KnownTerm = 1, KnownIndex = 5 });
        AssertGroup(Others, [], new GroupFault { KnownTerm = 1, KnownIndex = 1 });
        Assert.False(_script.Store.MayLackGroups);
    }

    [Fact]
    public void OtherGroups_HaveNoPartInIt()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Others, Entry(1));
        _script.Write(Orders, Entry(2));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1), Entry(2)], fault: null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LossThatNamesNothing_IsEveryGroups(bool directoryOnly)
    {
        _script.Write(Orders, Entry(1));
        _script.WriteState(Others, term: 3);
        var lost = _script.Write(Orders, Entry(2));
        _script.Seal();
        Lose(lost, directoryOnly);

        AssertGroup(Orders, [Entry(1)], new GroupFault { KnownTerm = 1, KnownIndex = 1, MayLackEntries = true, MayLackHardState = true });
        AssertGroup(Others, [], new GroupFault { MayLackEntries = true, MayLackHardState = true }, restart: false);
        Assert.True(_script.Store.MayLackGroups);
        Assert.Equal(3UL, _script.Store.Groups[1].HardState.Term);
    }

    [Fact]
    public void EntryOfTheSameTermAsItsPredecessor_ProvesThatNothingBeforeItIsLost()
    {
        _script.Write(Orders, Entry(1), Entry(2));
        _script.WriteState(Orders, term: 1);
        var lost = _script.Write(Others, Entry(1));
        _script.Write(Orders, Entry(3));
        _script.WriteState(Orders, term: 2, commit: 3);
        _script.LoseHeader(lost);

        AssertGroup(Orders, [Entry(1), Entry(2), Entry(3)], fault: null);
        Assert.Equal(new StoredHardState(2, 1, 3), _script.Store.Groups[0].HardState);
    }

    [Fact]
    public void EntryOfAnotherTermThanItsPredecessor_ProvesNothing()
    {
        // What is lost may have replaced entry 2 by one of term 2, which then was committed.
        _script.Write(Orders, Entry(1), Entry(2));
        _script.WriteState(Orders, term: 1, commit: 1);
        var lost = _script.Write(Others, Entry(1));
        _script.Write(Orders, Entry(3, term: 2));
        _script.WriteState(Orders, term: 2, commit: 3);
        _script.LoseHeader(lost);

        AssertGroup(Orders, [Entry(1), Entry(2)], new GroupFault { KnownTerm = 2, KnownIndex = 3, MayLackEntries = true });
        Assert.Equal(new StoredHardState(2, 1, 1), _script.Store.Groups[0].HardState);
    }

    [Fact]
    public void LaterIntactEntryAtTheGap_HealsIt()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Orders, Entry(2), Entry(3), Entry(4));
        _script.Write(Orders, Entry(2, term: 2));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1), Entry(2, term: 2)], fault: null);
    }

    [Fact]
    public void LaterIntactEntryInsideTheGap_DoesNot()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Orders, Entry(2), Entry(3), Entry(4));
        _script.Write(Orders, Entry(3, term: 2));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1)], new GroupFault { KnownTerm = 2, KnownIndex = 3 });
    }

    [Fact]
    public void LossThatReplacedEntries_TakesThemOutOfWhatIsTrusted()
    {
        _script.Write(Orders, Entry(1), Entry(2), Entry(3));
        var lost = _script.Write(Orders, Entry(2, term: 2));
        _script.Write(Orders, Entry(3, term: 2));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1)], new GroupFault { KnownTerm = 2, KnownIndex = 3 });
    }

    [Fact]
    public void LostHardState_IsToldByTheKindsInTheDirectory()
    {
        _script.WriteState(Orders, term: 4);
        var write = Write(Orders, Entry(1));
        write.HardState = new StoredHardState(5, 2, 0);
        var lost = _script.Write(write);
        _script.Write(Orders, Entry(1, term: 5));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1, term: 5)], new GroupFault { KnownTerm = 5, KnownIndex = 1, MayLackHardState = true });
        Assert.Equal(4UL, _script.Store.Groups[0].HardState.Term);
    }

    [Fact]
    public void LaterIntactHardState_HealsALostOne()
    {
        var lost = _script.WriteState(Orders, term: 4);
        _script.WriteState(Orders, term: 5);
        _script.LoseRecords(lost);

        AssertGroup(Orders, [], fault: null);
        Assert.Equal(5UL, _script.Store.Groups[0].HardState.Term);
    }

    [Fact]
    public void CommitIndex_IsNeverBeyondTheTrustedLog()
    {
        _script.Write(Orders, Entry(1), Entry(2));
        var lost = _script.Write(Orders, Entry(3));
        _script.WriteState(Orders, term: 1, commit: 3);
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1), Entry(2)], new GroupFault { KnownTerm = 1, KnownIndex = 3 });
        Assert.Equal(0UL, _script.Store.Groups[0].HardState.Commit);
    }

    [Fact]
    public void LostDeletion_IsCarriedOut()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(new JournalWrite { Group = Orders, GroupDeleted = true });
        _script.Write(Others, Entry(1));
        _script.LoseRecords(lost);

        Assert.Equal([Others], _script.Restart().Groups.Select(group => group.Group));
    }

    [Fact]
    public void LostSnapshot_IsKnownByItsIndexAndNeedsProofLikeAnUnknownLoss()
    {
        _script.Write(Orders, Entry(1), Entry(2));
        var lost = _script.Write(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(2, 3, new byte[] { 7 }, ChannelManifest.Empty) });
        _script.Write(Orders, Entry(3, term: 3));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(1), Entry(2)], new GroupFault { KnownTerm = 3, KnownIndex = 3 });
    }

    [Fact]
    public void LaterIntactSnapshot_HealsEntries()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Orders, Entry(2));
        _script.Write(new JournalWrite { Group = Orders, Snapshot = new StoredSnapshot(8, 3, new byte[] { 7 }, ChannelManifest.Empty) });
        _script.Write(Orders, Entry(9, term: 3));
        _script.LoseRecords(lost);

        AssertGroup(Orders, [Entry(9, term: 3)], fault: null);
        var group = _script.Store.Groups[0];
        Assert.Equal((8UL, 3UL, 7), (group.AppliedIndex, group.AppliedTerm, (int)group.State.Span[0]));
    }

    [Fact]
    public void SealAndRollBatches_HoldNothingSoTheirLossIsNone()
    {
        _script.Write(Orders, Entry(1));
        _script.Seal();
        for (var i = 2UL; i <= 40; i++)
        {
            _script.Write(Orders, Entry(i, bytes: 3000));
        }

        var first = _script.PathOf(0);
        Damage(_script.Disk, first, bytes => bytes[4096 + 40] ^= 1);
        Damage(_script.Disk, first, bytes =>
        {
            var roll = bytes.Length - 4096;
            while (bytes.AsSpan(roll, 4096).IndexOfAnyExcept((byte)0) < 0)
            {
                roll -= 4096;
            }

            bytes.AsSpan(roll, 4096).Clear();
        });

        var store = _script.Restart();
        Assert.Null(store.Groups[0].Fault);
        Assert.Equal(40, store.Groups[0].Entries.Count);
        Assert.False(store.MayLackGroups);
    }

    [Fact]
    public void AmbiguousLastBatch_CountsAsLostAndStaysSoAtTheNextStart()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Orders, Entry(2));
        _script.LoseRecords(lost);
        var fault = new GroupFault { KnownTerm = 1, KnownIndex = 2 };

        AssertGroup(Orders, [Entry(1)], fault);
        AssertGroup(Orders, [Entry(1)], fault);
        _script.Write(Others, Entry(1));
        AssertGroup(Orders, [Entry(1)], fault);
        Assert.Throws<StorageCorruptException>(() => _script.Restart(DamagePolicy.Refuse));
    }

    [Fact]
    public void WritesOfAnOwnerWhoKnows_DoNotPassForHealing()
    {
        var lost = _script.WriteState(Orders, term: 4);
        _script.Write(Others, Entry(1));
        _script.LoseRecords(lost);
        var fault = new GroupFault { MayLackHardState = true };
        AssertGroup(Orders, [], fault);
        _script.WriteState(Orders, term: 1);
        AssertGroup(Orders, [], fault);
    }

    [Fact]
    public void LogThatHasGrownPastItsLoss_HasNoFaultAnyMore()
    {
        _script.Write(Orders, Entry(1));
        var lost = _script.Write(Orders, Entry(2), Entry(3));
        _script.LoseRecords(lost);
        AssertGroup(Orders, [Entry(1)], new GroupFault { KnownTerm = 1, KnownIndex = 3 });
        _script.Write(Orders, Entry(2));
        AssertGroup(Orders, [Entry(1), Entry(2)], new GroupFault { KnownTerm = 1, KnownIndex = 3 });
        _script.Write(Orders, Entry(3));
        AssertGroup(Orders, [Entry(1), Entry(2), Entry(3)], fault: null);
    }

    [Fact]
    public void UnrepairedFault_SurvivesCheckpointsUntilItsOwnerDropsIt()
    {
        _script.Write(Orders, Entry(1), Entry(2));
        var lost = _script.WriteTogether(Write(Orders, Entry(3)), new JournalWrite { Group = Orders, HardState = new StoredHardState(1, 1, 0) });
        _script.Write(Others, Entry(1));
        _script.LoseRecords(lost);
        var fault = new GroupFault { KnownTerm = 1, KnownIndex = 3, MayLackHardState = true };
        AssertGroup(Orders, [Entry(1), Entry(2)], fault);

        CheckIn(fault);
        AssertGroup(Orders, [], fault);
        Assert.Equal(2UL, _script.Store.Groups[0].AppliedIndex);
        Assert.Throws<StorageCorruptException>(() => _script.Restart(DamagePolicy.Refuse));
        _script.Restart();
        _script.Write(Orders, Entry(3));
        CheckIn(fault: null, applied: 3);
        _script.Restart(DamagePolicy.Refuse);
        Assert.Null(_script.Store.Groups[0].Fault);

        void CheckIn(GroupFault? fault, ulong applied = 2)
        {
            var checkpoint = _script.Store.BeginCheckpoint();
            foreach (var group in checkpoint.DirtyGroups)
            {
                checkpoint.Add(State(group, group == Orders ? applied : 1) with { Fault = group == Orders ? fault : null });
            }

            checkpoint.Complete();
        }
    }

    [Fact]
    public void FaultyGroups_BelongIntoTheNextCheckpointEvenWithoutARecord()
    {
        _script.Write(Orders, Entry(1));
        CheckIn(_script.Store, applied: 1);
        var lost = _script.Write(Others, Entry(1));
        _script.Seal();
        _script.LoseHeader(lost);

        var store = _script.Restart();
        Assert.Equal([Orders], store.Groups.Select(group => group.Group));
        Assert.True(store.Groups[0].Fault!.MayLackEntries);
        Assert.Equal([Orders], store.BeginCheckpoint().DirtyGroups);
    }

    [Fact]
    public void GroupsThatMayBeMissing_AreRememberedUntilTheOwnerHasLooked()
    {
        var lost = _script.Write(Others, Entry(1));
        _script.Seal();
        _script.LoseHeader(lost);

        Assert.True(_script.Restart().MayLackGroups);
        _script.Store.BeginCheckpoint().Complete();
        Assert.True(_script.Restart().MayLackGroups);
        _script.Store.ConfirmGroups();
        _script.Store.BeginCheckpoint().Complete();
        Assert.False(_script.Restart().MayLackGroups);
        Assert.Equal(["wal-0000000000000001.log"], _script.Disk.List("quarantine"));
    }

    [Fact]
    public void GroupThatBeganInsideALoss_IsFaulty()
    {
        var lost = _script.Write(Others, Entry(1));
        _script.Write(Orders, Entry(1));
        var created = Write(new GroupId(3), Entry(1));
        created.GroupCreated = true;
        _script.Write(created);
        _script.LoseHeader(lost);

        AssertGroup(Orders, [Entry(1)], new GroupFault { KnownTerm = 1, KnownIndex = 1, MayLackHardState = true });
        AssertGroup(new GroupId(3), [Entry(1)], fault: null, restart: false);
    }

    [Fact]
    public void MissingFileInTheMiddle_IsALossThatNamesNothing()
    {
        for (var i = 1UL; i <= 60; i++)
        {
            _script.Write(Orders, Entry(i, bytes: 3000));
        }

        _script.Store.Dispose();
        var files = _script.Disk.List("wal");
        var before = FirstEntryOf(2) - 1;
        _script.Disk.Delete($"wal/{files[1]}");
        AssertGroup(
            Orders,
            [.. Enumerable.Range(1, before).Select(i => Entry((ulong)i, bytes: 3000))],
            new GroupFault { KnownTerm = 1, KnownIndex = 60, MayLackEntries = true, MayLackHardState = true });

        int FirstEntryOf(int file)
        {
            var batch = Enumerable.Range(0, 60).First(i => _script.PathOf(i).EndsWith($"{file:x16}.log", StringComparison.Ordinal));
            return batch + 1;
        }
    }

    private void Lose(int batch, bool directoryOnly)
    {
        if (directoryOnly)
        {
            _script.LoseDirectory(batch);
        }
        else
        {
            _script.LoseHeader(batch);
        }
    }

    private void AssertGroup(GroupId group, JournalEntry[] entries, GroupFault? fault, bool restart = true)
    {
        var store = restart ? _script.Restart() : _script.Store;
        var recovered = store.Groups.Single(candidate => candidate.Group == group);
        AssertSame(entries, recovered.Entries);
        Assert.Equal(fault, recovered.Fault);
    }
}
