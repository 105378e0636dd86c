using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Journal;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Storage;

/// <summary>
/// Generated histories of a few replicas as Raft allows them, journaled, damaged and recovered: nothing passes unnoticed, and what is
/// said about the damage is true.
/// </summary>
public sealed class JournalPropertyTests
{
    private const int SectorBytes = 4096;
    private static readonly JournalPosition Start = new(File: 1, Batch: 1, PreviousCrc: 0);
    private static readonly string Path = JournalLayout.PathOf(1);

    /// <summary>One step of one group: what it does, to which group, and how much.</summary>
    private static readonly Gen<(int Action, int Group, int Amount)[]> Histories =
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 3], Gen.Int[0, 300]).Array[1, 9];

    [Fact]
    public void WholeJournal_GivesBackWhatWasWritten() => Histories.Sample(
        steps =>
        {
            using var history = new JournalHistory(steps);
            var replay = Recover(history, DamagePolicy.Refuse);
            Assert.Equal(history.Groups.Keys, replay.Groups.Select(group => group.Key));
            foreach (var (group, recovered) in replay.Groups)
            {
                history.Groups[group].AssertIs(recovered.ToRecovered());
            }
        },
        iter: PropertyCases.Count);

    [Fact]
    public void FlippedBitOrMissingByte_IsAlwaysDetected() => Gen.Select(Histories, Gen.Double[0, 1], Gen.Int[0, 8]).Sample(
        (steps, where, bit) =>
        {
            using var history = new JournalHistory(steps);
            Change(history, where, bit);
            Assert.Throws<StorageCorruptException>(() => Recover(history, DamagePolicy.Refuse));
        },
        iter: PropertyCases.Count);

    [Fact]
    public void WhatIsSaidAboutDamage_IsTrue() => Gen.Select(Histories, Gen.Double[0, 1], Gen.Int[0, 9], Gen.Double[0, 1], Gen.Int[0, 9]).Sample(
        (steps, where, bit, secondly, secondBit) =>
        {
            using var history = new JournalHistory(steps);
            Change(history, where, bit);
            // Two flips; a sector of zeros at the very end is taken for an unfinished write if what follows it is damaged too.
            if (bit < 8 && secondBit < 5)
            {
                Change(history, secondly, secondBit);
            }

            var replay = Recover(history, DamagePolicy.Report);
            var recovered = replay.Groups.ToDictionary(group => group.Key, group => group.Value.ToRecovered());
            foreach (var (group, truth) in history.Groups)
            {
                if (recovered.TryGetValue(group, out var found))
                {
                    truth.AssertIsToldBy(found);
                }
                else
                {
                    Assert.True(replay.HasLostUnknown, $"group {group} has vanished");
                }
            }
        },
        iter: PropertyCases.Count);

    private static JournalReplay Recover(JournalHistory history, DamagePolicy policy)
    {
        var replay = new JournalReplay();
        new JournalRecovery(history.Disk, JournalHistory.SiloSeed, replay, new DamageLog(policy, _ => { })).Run(Start, lastKnown: 1);
        return replay;
    }

    /// <summary>Flips a bit; 8 cuts the file one byte short; 9 zeroes a sector.</summary>
    private static void Change(JournalHistory history, double where, int bit)
    {
        using var file = history.Disk.Open(Path);
        var at = (long)(where * (history.WrittenBytes - 1));
        switch (bit)
        {
            case 8:
                file.SetLength(file.Length - 1);
                break;
            case 9:
                file.Write(new byte[SectorBytes], at / SectorBytes * SectorBytes);
                break;
            default:
                Span<byte> one = stackalloc byte[1];
                file.Read(one, at);
                one[0] ^= (byte)(1 << bit);
                file.Write(one, at);
                break;
        }
    }
}
