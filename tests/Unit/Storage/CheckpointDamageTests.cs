using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>The files that exist twice: one bad copy costs nothing with either policy, two are the end with both.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private readonly MemoryDisk _disk = new();
    private readonly Dictionary<string, byte[]> _older;

    public CheckpointDamageTests()
    {
        using (var store = Open(_disk))
        {
            store.Commit(Write(Orders, Entry(1), Entry(2)));
        }

        _older = _disk.List("").Where(_disk.Exists).ToDictionary(path => path, path => ReadFile(_disk, path));
        using var again = Open(_disk);
        var checkpoint = again.BeginCheckpoint();
        again.Append(Write(Orders, Entry(2)));
        checkpoint.Add(State(Orders, applied: 1));
        checkpoint.Complete();
    }

    public void Dispose() => _disk.Dispose();

    public static TheoryData<string, string> OneCopy() => new(
        from file in new[] { "IDENT.a", "IDENT.b", "CHECKPOINT.a", "CHECKPOINT.b" } from damage in new[] { "flip", "zero", "cut", "older" } select (file, damage));

    public static TheoryData<string, string> BothCopies() => new(
        from file in new[] { "IDENT", "CHECKPOINT" } from damage in new[] { "flip", "zero", "cut" } select (file, damage));

    [Theory]
    [MemberData(nameof(OneCopy))]
    public void OneCopy_CostsNothing(string file, string damage)
    {
        Spoil(file, damage);
        for (var start = 0; start < 2; start++)
        {
            using var store = OpenDamaged(_disk);
            var group = Assert.Single(store.Groups);
            Assert.Null(group.Fault);
            Assert.Equal(1UL, group.AppliedIndex);
            AssertSame([Entry(2)], group.Entries);
            Assert.Equal((ulong)(3 + start), store.Identity.Epoch);
        }
    }

    [Theory]
    [MemberData(nameof(BothCopies))]
    public void BothCopies_AreAnErrorWithEitherPolicy(string file, string damage)
    {
        Spoil($"{file}.a", damage);
        Spoil($"{file}.b", damage);
        Assert.StartsWith(file, Assert.Throws<StorageCorruptException>(() => OpenDamaged(_disk)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void OlderCheckpoint_LeadsToAJournalThatIsGone()
    {
        Spoil("CHECKPOINT.a", "older");
        Spoil("CHECKPOINT.b", "older");
        Assert.Throws<StorageCorruptException>(() => Open(_disk));
        using var store = OpenDamaged(_disk);
        Assert.True(store.MayLackGroups);
        Assert.All(store.Groups, group => Assert.Equal((0UL, true), (group.AppliedIndex, group.Fault!.MayLackEntries)));
    }

    private void Spoil(string file, string damage)
    {
        var bytes = ReadFile(_disk, file);
        switch (damage)
        {
            case "flip":
                bytes[bytes.Length / 2] ^= 4;
                break;
            case "zero":
                Array.Clear(bytes);
                break;
            case "cut":
                bytes = bytes[..^1];
                break;
            default:
                bytes = _older[file];
                break;
        }

        WriteFile(_disk, file, bytes);
    }
}
