using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>
/// Every kind of damage at every place of a journal file that is followed by another: what is handed out and what is said about
/// the rest follows from which batch was hit and whether it can still name its content.
/// </summary>
public sealed class JournalDamageMatrixTests : IDisposable
{
    private const string Journal = "wal/wal-0000000000000001.log";
    private const int SectorBytes = 4096;
    private const int NamesFrom = 24;
    private const int NamesTo = 24 + 64 + 40;
    private const int Batches = 5;
    private const int SealOffset = (Batches + 2) * SectorBytes;
    private const int Written = SealOffset + SectorBytes;

    private static readonly GroupFault Named = new() { KnownTerm = 1, KnownIndex = 6 };
    private static readonly GroupFault Unnamed = Named with { MayLackEntries = true, MayLackHardState = true };

    private readonly List<byte[]> _versions = [];
    private readonly MemoryDisk _disk = new();

    /// <summary>Five entries in five batches, the last of three sectors, then a seal; a sixth entry in the next file.</summary>
    public JournalDamageMatrixTests()
    {
        using (var store = Open(_disk))
        {
            _versions.Add(ReadFile(_disk, Journal));
            for (var i = 1UL; i <= Batches; i++)
            {
                store.Commit(Write(Orders, EntryOf(i)));
                _versions.Add(ReadFile(_disk, Journal));
            }

            store.Seal();
            Assert.True(store.Pump());
            Assert.Equal(Written, store.Statistics.Bytes);
        }

        using var again = Open(_disk);
        again.Commit(Write(Orders, EntryOf(6)));
    }

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void FlippedBit()
    {
        for (var at = 0; at < Written; at += 11)
        {
            var isNamed = at % SectorBytes is < NamesFrom or >= NamesTo || at / SectorBytes is Batches or Batches + 1;
            AssertLoss(bytes => bytes[at] ^= (byte)(1 << (at % 8)), BatchAt(at), isNamed, $"bit of byte {at}");
        }
    }

    [Fact]
    public void ZeroedSector()
    {
        for (var at = 0; at < Written; at += SectorBytes)
        {
            AssertLoss(bytes => bytes.AsSpan(at, SectorBytes).Clear(), BatchAt(at), at / SectorBytes is Batches or Batches + 1, $"zeros at {at}");
        }
    }

    [Fact]
    public void CutFile()
    {
        var whole = ReadFile(_disk, Journal);
        for (var length = 0; length < whole.Length; length += 128)
        {
            using var copy = Copy(_disk);
            WriteFile(copy, Journal, whole[..length]);
            AssertRecovers(copy, BatchAt(length), isNamed: false, $"cut to {length}");
        }
    }

    [Fact]
    public void MissingFile()
    {
        _disk.Delete(Journal);
        AssertRecovers(_disk, 0, isNamed: false, "missing");
    }

    [Fact]
    public void OlderCopy()
    {
        for (var batches = 0; batches <= Batches; batches++)
        {
            using var copy = Copy(_disk);
            WriteFile(copy, Journal, _versions[batches]);
            AssertRecovers(copy, batches, isNamed: false, $"version of {batches} batches");
        }
    }

    [Fact]
    public void TwoDamagedBatches_AreBothTold()
    {
        // The last of them names what it held, the first does not.
        using var copy = Copy(_disk);
        Damage(copy, Journal, bytes =>
        {
            bytes[(2 * SectorBytes) + NamesFrom] ^= 1;
            bytes[(4 * SectorBytes) + NamesTo] ^= 1;
        });
        AssertRecovers(copy, 2, isNamed: false, "two batches");

        using var other = Copy(_disk);
        Damage(other, Journal, bytes =>
        {
            bytes[(2 * SectorBytes) + NamesTo] ^= 1;
            bytes[(4 * SectorBytes) + NamesTo] ^= 1;
        });
        AssertRecovers(other, 2, isNamed: true, "two batches");
    }

    private static int BatchAt(int offset) => offset >= SealOffset ? Batches : Math.Min(offset / SectorBytes, Batches - 1);

    private static JournalEntry EntryOf(ulong index) => Entry(index, bytes: index == Batches ? 9000 : 24);

    private void AssertLoss(Action<byte[]> change, int batch, bool isNamed, string what)
    {
        using var copy = Copy(_disk);
        Damage(copy, Journal, change);
        AssertRecovers(copy, batch, isNamed, what);
    }

    /// <summary>
    /// The entries before the lost batch are there. The seal is lost without loss: it held nothing, and its successor proves it.
    /// </summary>
    private static void AssertRecovers(MemoryDisk disk, int lostBatch, bool isNamed, string what)
    {
        var isLoss = lostBatch < Batches;
        var entries = Enumerable.Range(1, isLoss ? lostBatch : Batches + 1).Select(i => EntryOf((ulong)i)).ToArray();
        var fault = !isLoss ? null : isNamed ? Named : Unnamed;
        for (var start = 0; start < 2; start++)
        {
            using var store = OpenDamaged(disk);
            var group = Assert.Single(store.Groups);
            Assert.True(fault == group.Fault, $"{what}, start {start}: {group.Fault} instead of {fault}");
            AssertSame(entries, group.Entries);
            Assert.Equal(fault?.MayLackEntries == true, store.MayLackGroups);
        }
    }
}
