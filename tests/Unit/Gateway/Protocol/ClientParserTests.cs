using System.Text;
using Bayou.Gateway.Protocol;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class ClientParserTests
{
    private const int MaxControlLine = 64;
    private const int MaxPayload = 100;

    public static TheoryData<string, string> Operations => new()
    {
        { "PING\r\n", "PING" },
        { "ping\n", "PING" },
        { "PING and more\r\n", "PING" },
        { "pOnG\r\n", "PONG" },
        { "CONNECT {\"a\":1}\r\n", "CONNECT {\"a\":1}" },
        { "CONNECT{}\r\n", "CONNECT {}" },
        { "INFO {}\r\n", "INFO {}" },
        { "SUB a.* 1\r\n", "SUB a.* [] 1" },
        { "sub\ta  q\t 12 \r\n", "SUB a [q] 12" },
        { "UNSUB 1\r\n", "UNSUB 1 0" },
        { "UNSUB 1 5\n", "UNSUB 1 5" },
        { "UNSUB 1 x\r\n", "UNSUB 1 0" },
        { "PUB a 0\r\n\r\n", "PUB a [] /0 [] []" },
        { "PUB a r 005\r\nhello\r\n", "PUB a [r] /005 [] [hello]" },
        { "PUB a 4\r\n\r\n\r\n\r\n", "PUB a [] /4 [] [\r\n\r\n]" },
        { "pub a\0\xff 1\nx\r\n", "PUB a\0\xff [] /1 [] [x]" },
        { "HPUB a 0 2\r\nhi\r\n", "PUB a [] 0/2 [] [hi]" },
        { "HPUB a r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "PUB a [r] 12/14 [NATS/1.0\r\n\r\n] [hi]" },
    };

    public static TheoryData<string, ProtocolError> Mistakes => new()
    {
        { "x", ProtocolError.UnknownOperation },
        { "\r", ProtocolError.UnknownOperation },
        { "PUX", ProtocolError.UnknownOperation },
        { "SUBx", ProtocolError.UnknownOperation },
        { "SUB\r", ProtocolError.UnknownOperation },
        { "M", ProtocolError.UnknownOperation },
        { "-ERR\r", ProtocolError.UnknownOperation },
        { "-ERR x\r\n", ProtocolError.ErrorFromClient },
        { "PUB a 1\r\nxy", ProtocolError.UnknownOperation },
        { "PUB a 1\r\nx\rx", ProtocolError.UnknownOperation },
        { "PUB a\r\n", ProtocolError.BadArguments },
        { "PUB a b c 1\r\n", ProtocolError.BadArguments },
        { "PUB a -1\r\n", ProtocolError.BadArguments },
        { "PUB a 1234567890\r\n", ProtocolError.BadArguments },
        { "HPUB a 3 2\r\n", ProtocolError.BadArguments },
        { "HPUB a 2\r\n", ProtocolError.BadArguments },
        { "SUB a\r\n", ProtocolError.BadArguments },
        { "SUB a b c d\r\n", ProtocolError.BadArguments },
        { "UNSUB 1 2 3\r\n", ProtocolError.BadArguments },
        { "PUB a 101\r\n", ProtocolError.PayloadTooLarge },
        { "SUB " + new string('a', 65), ProtocolError.ControlLineTooLong },
        { "SUB " + new string('a', 63) + " 1\r\n", ProtocolError.ControlLineTooLong },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void WholeOperation_IsCalledAndConsumed(string input, string expected)
    {
        var calls = new List<string>();
        (ParseStatus status, int consumed, ProtocolError error) = Parse(input, calls);
        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(ProtocolError.None, error);
        Assert.Equal(input.Length, consumed);
        Assert.Equal([expected], calls);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void EveryPrefix_NeedsMoreAndConsumesNothing(string input, string expected)
    {
        Assert.NotEmpty(expected);
        for (int length = 1; length < input.Length; length++)
        {
            var calls = new List<string>();
            (ParseStatus status, int consumed, ProtocolError error) = Parse(input[..length], calls);
            Assert.Equal((ParseStatus.NeedMoreData, 0, ProtocolError.None), (status, consumed, error));
            Assert.Empty(calls);
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsReportedAtItsLastByteAndNotBefore(string input, ProtocolError expected)
    {
        var calls = new List<string>();
        for (int length = 1; length < input.Length; length++)
        {
            if (expected == ProtocolError.ControlLineTooLong && length > 4 + MaxControlLine) break;
            Assert.Equal(ParseStatus.NeedMoreData, Parse(input[..length], calls).Status);
        }

        (ParseStatus status, _, ProtocolError error) = Parse(input, calls);
        Assert.Equal((ParseStatus.ProtocolError, expected), (status, error));
        Assert.Empty(calls);
    }

    [Fact]
    public void LineOfTheLongestLength_IsTakenHoweverItIsSplit()
    {
        string input = "SUB " + new string('a', MaxControlLine - 2) + " 1\r\n";
        for (int length = 1; length < input.Length; length++) Assert.Equal(ParseStatus.NeedMoreData, Parse(input[..length], []).Status);
        Assert.Equal(ParseStatus.Complete, Parse(input, []).Status);
    }

    [Fact]
    public void AnythingButConnect_IsAViolationWhereConnectIsRequired()
    {
        foreach (string input in new[] { "PING\r\n", "x", "SUB a 1\r\n" })
        {
            var handler = new RecordingHandler([], isConnectRequired: true);
            ParseStatus status = new ClientParser<RecordingHandler>(MaxControlLine, MaxPayload)
                .Parse(Encoding.Latin1.GetBytes(input), ref handler, out _, out _, out ProtocolError error);
            Assert.Equal((ParseStatus.ProtocolError, ProtocolError.AuthorizationViolation), (status, error));
        }
    }

    [Fact]
    public void NeededBytes_NeverReachBeyondWhatCouldBeSeenToBeWrong()
    {
        Assert.Equal("PUB a 5\r\nhello?".Length, Needed("PUB a 5\r\nhe"));
        Assert.Equal("PUB a 5\r\nhello\r\n".Length, Needed("PUB a 5\r\nhello\r"));
        Assert.Equal(0, Needed("PUB a 5"));
    }

    [Fact]
    public void AnyCutOfAStream_GivesTheSameCalls()
    {
        string stream = string.Concat(Operations.Select(static row => row.Data.Item1));
        var expected = new List<string>();
        Parse(stream, expected);
        Gen.Int[1, 40].List[1, 60].Sample(cuts =>
        {
            var calls = new List<string>();
            string pending = "";
            int position = 0;
            int cut = 0;
            while (position < stream.Length)
            {
                int length = Math.Min(cuts[cut++ % cuts.Count], stream.Length - position);
                pending += stream.Substring(position, length);
                position += length;
                (ParseStatus status, int consumed, _) = Parse(pending, calls);
                Assert.NotEqual(ParseStatus.ProtocolError, status);
                pending = pending[consumed..];
            }

            Assert.Equal(expected, calls);
        });
    }

    private static int Needed(string input)
    {
        var handler = new RecordingHandler([]);
        new ClientParser<RecordingHandler>(MaxControlLine, MaxPayload)
            .Parse(Encoding.Latin1.GetBytes(input), ref handler, out _, out int needed, out _);
        return needed;
    }

    private static (ParseStatus Status, int Consumed, ProtocolError Error) Parse(string input, List<string> calls)
    {
        var handler = new RecordingHandler(calls);
        ParseStatus status = new ClientParser<RecordingHandler>(MaxControlLine, MaxPayload)
            .Parse(Encoding.Latin1.GetBytes(input), ref handler, out int consumed, out _, out ProtocolError error);
        return (status, consumed, error);
    }
}
