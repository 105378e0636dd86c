using System.Text;
using Bayou.Gateway.Protocol;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class ConnectReaderTests
{
    [Fact]
    public void Fields_AreReadInAnyCaseAndUnknownOnesSkipped()
    {
        ConnectOptions options = Read("{\"VERBOSE\":false,\"x\":{\"a\":[1,2]},\"Pedantic\":false,\"name\":\"n\",\"lang\":\"l\",\"protocol\":1,\"headers\":true}");
        Assert.Equal(new ConnectOptions { Verbose = false, Pedantic = false, Name = "n", Language = "l", Protocol = 1, Headers = true }, options);
    }

    [Fact]
    public void NullAndAbsentFields_KeepWhatWasThere()
    {
        var before = new ConnectOptions { Verbose = false, Name = "n" };
        ConnectOptions after = before;
        Assert.True(ConnectReader.TryRead("{\"echo\":false,\"name\":null}"u8, ref after));
        Assert.Equal(before with { Echo = false }, after);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"verbose\":1}")]
    [InlineData("{\"protocol\":1.5}")]
    [InlineData("{\"name\":5}")]
    [InlineData("{\"jwt\":5}")]
    public void Nonsense_IsRefusedAndChangesNothing(string json)
    {
        var options = new ConnectOptions();
        Assert.False(ConnectReader.TryRead(Encoding.UTF8.GetBytes(json), ref options));
        Assert.Equal(new ConnectOptions(), options);
    }

    private static ConnectOptions Read(string json)
    {
        var options = new ConnectOptions();
        Assert.True(ConnectReader.TryRead(Encoding.UTF8.GetBytes(json), ref options));
        return options;
    }
}
