using System.Text;
using Bayou.Import;
using Bayou.Import.Files;
using Bayou.Import.Wire;
using Xunit;

namespace Bayou.Unit.Import;

public sealed class RecordReaderTests
{
    private const string Name = "msgs.1.dat";

    private readonly List<Damage> _damage = [];

    [Theory]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("", 0)]
    public void Checksum_IsTheOneThatEverybodyKnows(string text, uint expected) =>
        Assert.Equal(expected, new Crc32().Of(Encoding.ASCII.GetBytes(text)));

    /// <summary>Castagnoli's polynomial, whose check value is known, too.</summary>
    [Fact]
    public void AnotherPolynomial_GivesItsOwnChecksum() => Assert.Equal(0xE3069283, new Crc32(0x82F63B78).Of("123456789"u8));

    [Fact]
    public void WholeFile_IsRead()
    {
        var file = ThreeMessages();
        Assert.Equal([1, 2, 3], Read(file.ToArray()));
        Assert.Empty(_damage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(100_000)]
    public void UnusedSpaceBehindTheLastRecord_IsTheEnd(int zeros)
    {
        var file = ThreeMessages().AddZeros(zeros);
        Assert.Equal([1, 2, 3], Read(file.ToArray()));
        Assert.Equal(zeros is > 0 and < 8 ? 1 : 0, _damage.Count);
    }

    [Fact]
    public void FileWithoutAByte_IsEmpty()
    {
        Assert.Empty(Read([]));
        Assert.Empty(_damage);
    }

    /// <summary>Wherever a crash or an accident cut the file: what is whole is read, and the cut is reported once, where its record begins.</summary>
    [Fact]
    public void FileCutAnywhere_GivesWhatIsWholeAndSaysWhereTheCutRecordBegins()
    {
        var builder = new StoreBytes();
        var starts = new List<int>();
        for (var sequence = 1UL; sequence <= 3; sequence++)
        {
            starts.Add(builder.Length);
            builder.AddMessage(sequence, new byte[(int)sequence * 3]);
        }

        var file = builder.ToArray();
        starts.Add(file.Length);
        for (var length = 1; length < file.Length; length++)
        {
            _damage.Clear();
            var read = Read(file[..length]);
            Assert.Equal(starts.Count(start => start <= length && start > starts[0]), read.Count);
            if (starts.Contains(length))
            {
                Assert.Empty(_damage);
            }
            else
            {
                var damage = Assert.Single(_damage);
                Assert.Equal(length < 4 ? 0 : starts.Last(start => start <= length), damage.Offset);
                Assert.Equal(Name, damage.File);
            }
        }
    }

    /// <summary>Every single byte, one after the other, except for those of the version.</summary>
    [Fact]
    public void AnyChangedByte_IsReported()
    {
        var file = ThreeMessages().ToArray();
        for (var offset = 4; offset < file.Length; offset++)
        {
            _damage.Clear();
            var changed = file.ToArray();
            changed[offset] ^= 0x10;
            var read = Read(changed);
            Assert.NotEmpty(_damage);
            Assert.True(read.Count < 3);
        }
    }

    [Fact]
    public void DamagedBody_CostsOneRecord()
    {
        var file = ThreeMessages();
        var bytes = file.ToArray();
        bytes[4 + 8 + 2] ^= 1;
        Assert.Equal([2, 3], Read(bytes));
        Assert.Equal(4, Assert.Single(_damage).Offset);
    }

    [Fact]
    public void DamagedSize_CostsTheRest_UnlessTheIndexKnowsWhereTheNextRecordBegins()
    {
        var file = ThreeMessages();
        var bytes = file.ToArray();
        bytes[4] ^= 1;
        Assert.Empty(Read(bytes));
        Assert.Contains(_damage, damage => damage.Offset == 4);
        Assert.Contains(_damage, damage => damage.Reason.Contains("are not read", StringComparison.Ordinal) || damage.Reason.Contains("are left", StringComparison.Ordinal));

        _damage.Clear();
        Assert.Equal([2, 3], Read(bytes, SliceIndex.Read(file.ToIndex(), new Crc32())));
        Assert.Equal(4, Assert.Single(_damage).Offset);
    }

    [Fact]
    public void ZerosBetweenRecords_AreDamage()
    {
        var file = new StoreBytes().AddMessage(1, [1]).AddZeros(16).AddMessage(2, [2]);
        Assert.Equal([1, 2], Read(file.ToArray(), SliceIndex.Read(file.ToIndex(), new Crc32())));
        Assert.Single(_damage);
    }

    [Fact]
    public void FileOfAnotherVersion_IsNotRead()
    {
        var bytes = ThreeMessages().ToArray();
        bytes[0] = 2;
        Assert.Empty(Read(bytes));
        Assert.Contains("version 2", Assert.Single(_damage).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TypedRecord_HasItsTypeInTheHighestByteOfItsSize()
    {
        var bytes = new StoreBytes().Add(new ClientDelete { Id = "a" }, type: 2).ToArray();
        using var reader = new RecordReader(new MemoryStream(bytes), "clients.dat", isTyped: true, new Crc32(), _damage.Add);
        Assert.True(reader.TryRead(out var record));
        Assert.Equal((4L, (byte)2), (record.Offset, record.Type));
        Assert.Equal("a", ClientDelete.Parser.ParseFrom(record.Body).Id);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void DamagedIndexEntries_AreLeftOut()
    {
        var file = ThreeMessages();
        var index = file.ToIndex();
        index[4 + 32] ^= 1;
        var read = SliceIndex.Read(index, new Crc32());
        Assert.Equal((3UL, (long)file.Length), (read.LastSequence, read.End));
        Assert.Equal(4, read.After(0));
        Assert.Null(read.After(file.Length));
    }

    private static StoreBytes ThreeMessages() => new StoreBytes().AddMessage(1, "one"u8.ToArray()).AddMessage(2, "two"u8.ToArray()).AddMessage(3, "three"u8.ToArray());

    private List<int> Read(byte[] file, SliceIndex? index = null)
    {
        using var reader = new RecordReader(new MemoryStream(file), Name, isTyped: false, new Crc32(), _damage.Add, index);
        var sequences = new List<int>();
        while (reader.TryRead(out var record))
        {
            sequences.Add((int)MsgProto.Parser.ParseFrom(record.Body).Sequence);
        }

        return sequences;
    }
}
