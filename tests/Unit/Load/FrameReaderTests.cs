using System.Text;
using Bayou.Load;
using Bayou.Load.Protocol;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class FrameReaderTests
{
    [Fact]
    public void MessageWithReply_IsTakenApart()
    {
        var reader = Feed("MSG orders.eu 7 _INBOX.x 5\r\nhello\r\n");

        Assert.Equal(FrameKind.Message, reader.Read(out var message));
        Assert.Equal("orders.eu", Encoding.ASCII.GetString(message.Subject));
        Assert.Equal("_INBOX.x", Encoding.ASCII.GetString(message.ReplyTo));
        Assert.Equal("hello", Encoding.ASCII.GetString(message.Payload));
        Assert.Equal(7, message.Sid);
    }

    [Fact]
    public void NoRespondersStatus_IsRecognised()
    {
        var reader = Feed("HMSG _INBOX.x 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");

        Assert.Equal(FrameKind.Message, reader.Read(out var message));
        Assert.True(message.IsNoResponders);
    }

    [Fact]
    public void RepeatedControlLine_KeepsMessagesApart()
    {
        var reader = Feed("MSG a 1 3\r\none\r\nMSG a 1 3\r\ntwo\r\nMSG a 1 30\r\n" + new string('x', 30) + "\r\nMSG b 1 3\r\nsix\r\n");

        Assert.Equal(["a:one", "a:two", "a:" + new string('x', 30), "b:six"], ReadAll(reader));
    }

    [Fact]
    public void AnyPrefix_IsIncompleteAndTheRestCompletesIt()
    {
        byte[] input = Encoding.ASCII.GetBytes("MSG a.b 12 reply 3\r\nabc\r\nMSG a.b 12 3\r\ndef\r\nMSG a.b 12 3\r\nghi\r\n");
        for (int split = 0; split < input.Length; split++)
        {
            var reader = new FrameReader(capacity: 16);
            Feed(reader, input.AsSpan(0, split));
            var seen = ReadAll(reader);
            Feed(reader, input.AsSpan(split));
            seen.AddRange(ReadAll(reader));

            Assert.Equal(["a.b:abc", "a.b:def", "a.b:ghi"], seen);
        }
    }

    [Theory]
    [InlineData("MSG a 1\r\n")]
    [InlineData("MSG a one 3\r\nabc\r\n")]
    [InlineData("MSG a 1 3\r\nabcd\r\n")]
    [InlineData("HMSG a 1 9 3\r\nabc\r\n")]
    [InlineData("HELLO\r\n")]
    public void WrongInput_Throws(string input)
    {
        var reader = Feed(input);

        Assert.Throws<LoadException>(() => reader.Read(out _));
    }

    private static FrameReader Feed(string input)
    {
        var reader = new FrameReader(FrameReader.DefaultCapacity);
        Feed(reader, Encoding.ASCII.GetBytes(input));
        return reader;
    }

    private static void Feed(FrameReader reader, ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            var space = reader.FreeSpace();
            int count = Math.Min(space.Length, input.Length);
            input[..count].CopyTo(space);
            reader.Advance(count);
            input = input[count..];
        }
    }

    private static List<string> ReadAll(FrameReader reader)
    {
        List<string> messages = [];
        while (reader.Read(out var message) == FrameKind.Message)
            messages.Add($"{Encoding.ASCII.GetString(message.Subject)}:{Encoding.ASCII.GetString(message.Payload)}");
        return messages;
    }
}
