using System.Text;
using Bayou.Load;
using Bayou.Load.Protocol;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class ProtobufTests
{
    [Fact]
    public void KnownMessage_HasTheBytesOfTheSpecification() =>
        Assert.Equal("08960112027A61", Convert.ToHexString(new ProtobufWriter().Field(1, 150).Field(2, "za").ToArray()));

    [Fact]
    public void DefaultValues_AreLeftOut() =>
        Assert.Empty(new ProtobufWriter().Field(1, 0).Field(2, "").Field(3, ReadOnlySpan<byte>.Empty).ToArray());

    [Fact]
    public void AnyFields_AreReadBack() =>
        Gen.Long[1, long.MaxValue].Select(Gen.String[Gen.Char.AlphaNumeric, 1, 300]).Sample((number, text) =>
        {
            var reader = new ProtobufReader(new ProtobufWriter().Field(1, number).Field(100, text).ToArray());

            Assert.True(reader.Next());
            Assert.Equal((1, (ulong)number), (reader.Field, reader.Number));
            Assert.True(reader.Next());
            Assert.Equal((100, text), (reader.Field, Encoding.UTF8.GetString(reader.Bytes)));
            Assert.False(reader.Next());
        });

    [Fact]
    public void AnyTruncatedMessage_ThrowsOrEndsBetweenFields()
    {
        byte[] message = new ProtobufWriter().Field(1, "text").ToArray();
        for (int length = 1; length < message.Length; length++)
        {
            byte[] prefix = message[..length];
            Assert.Throws<LoadException>(() => new ProtobufReader(prefix).Next());
        }
    }
}
