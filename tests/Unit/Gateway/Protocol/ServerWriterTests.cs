using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class ServerWriterTests
{
    [Fact]
    public void PlainMessage_RepeatsTheSizeAsItWasSent() =>
        Assert.Equal("MSG a 7 0003\r\nabc\r\n", Write(new PublishedMessage { Subject = "a"u8, Payload = "abc"u8, TotalSizeDigits = "0003"u8 }, "0003", withHeaders: false));

    [Fact]
    public void ReplyTo_StandsBeforeTheSize() =>
        Assert.Equal("MSG a 7 r 0\r\n\r\n", Write(new PublishedMessage { Subject = "a"u8, ReplyTo = "r"u8, TotalSizeDigits = "0"u8 }, "0", withHeaders: false));

    [Fact]
    public void Headers_GoAlongWithBothSizes() =>
        Assert.Equal("HMSG a 7 r 02 005\r\nHHabc\r\n", Write(WithHeaders(), "3", withHeaders: true));

    [Fact]
    public void HeadersForAClientWithoutThem_AreLeftOut() =>
        Assert.Equal("MSG a 7 r 3\r\nabc\r\n", Write(WithHeaders(), "3", withHeaders: false));

    private static PublishedMessage WithHeaders() => new()
    {
        Subject = "a"u8,
        ReplyTo = "r"u8,
        Headers = "HH"u8,
        Payload = "abc"u8,
        HeaderSizeDigits = "02"u8,
        TotalSizeDigits = "005"u8,
    };

    private static string Write(PublishedMessage message, string plainSizeDigits, bool withHeaders)
    {
        byte[] digits = Encoding.Latin1.GetBytes(plainSizeDigits);
        byte[] destination = new byte[ServerWriter.MeasureMessage(message, "7"u8, digits, withHeaders)];
        Assert.Equal(destination.Length, ServerWriter.WriteMessage(destination, message, "7"u8, digits, withHeaders));
        return Encoding.Latin1.GetString(destination);
    }
}
