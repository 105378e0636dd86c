using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Gateway.Protocol;

public sealed class RouteParserTests
{
    private const int MaxControlLine = 64;
    private const int MaxPayload = 100;

    public static TheoryData<string, string> Operations => new()
    {
        { "PING\r\n", "PING" },
        { "pong\n", "PONG" },
        { "INFO {\"server_id\":\"N\"} \r\n", "INFO {\"server_id\":\"N\"} " },
        { "CONNECT {\"name\":\"N\"}\r\n", "CONNECT {\"name\":\"N\"}" },
        { "RS+ $G foo.*\r\n", "RS+ $G foo.* [] 0" },
        { "rs+ $G foo q 12\r\n", "RS+ $G foo [q] 12" },
        { "RS+\t$G  foo\tq 1 \r\n", "RS+ $G foo [q] 1" },
        { "RS- $G foo\r\n", "RS- $G foo []" },
        { "RS- $G foo q\r\n", "RS- $G foo [q]" },
        { "RMSG $G foo 0\r\n\r\n", "MSG $G foo [] [] /0 [] []" },
        { "RMSG $G foo reply 2\r\nhi\r\n", "MSG $G foo [reply] [] /2 [] [hi]" },
        { "RMSG $G foo | 2\r\nhi\r\n", "MSG $G foo [|] [] /2 [] [hi]" },
        { "RMSG $G foo | q 2\r\nhi\r\n", "MSG $G foo [] [q] /2 [] [hi]" },
        { "RMSG $G foo + reply 2\r\nhi\r\n", "MSG $G foo [reply] [] /2 [] [hi]" },
        { "rmsg A foo + reply q1 q2  q3 0002\r\nhi\r\n", "MSG A foo [reply] [q1 q2  q3] /0002 [] [hi]" },
        { "RMSG $G foo | 1 2 3 2\r\n\r\n\r\n", "MSG $G foo [] [1 2 3] /2 [] [\r\n]" },
        { "HMSG $G foo 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "MSG $G foo [] [] 12/14 [NATS/1.0\r\n\r\n] [hi]" },
        { "HMSG $G foo reply 0 2\r\nhi\r\n", "MSG $G foo [reply] [] 0/2 [] [hi]" },
        { "HMSG $G foo + reply q 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "MSG $G foo [reply] [q] 12/14 [NATS/1.0\r\n\r\n] [hi]" },
        { "HMSG $G foo | q p 3 3\r\nabc\r\n", "MSG $G foo [] [q p] 3/3 [abc] []" },
        { "A+ $G\r\n", "" },
        { "A- $G\r\n", "" },
        { "+OK\r\n", "" },
    };

    public static TheoryData<string, ProtocolError> Mistakes => new()
    {
        { "x", ProtocolError.UnknownOperation },
        { "SUB a 1\r\n", ProtocolError.UnknownOperation },
        { "LS+ o $G a\r\n", ProtocolError.UnknownOperation },
        { "LMSG o $G a 0 0\r\n\r\n", ProtocolError.UnknownOperation },
        { "RSX", ProtocolError.UnknownOperation },
        { "RS+x", ProtocolError.UnknownOperation },
        { "RMSGS", ProtocolError.UnknownOperation },
        { "-ERR 'gone'\r\n", ProtocolError.ErrorFromRoute },
        { "RS+ $G\r\n", ProtocolError.BadArguments },
        { "RS+ $G a q\r\n", ProtocolError.BadArguments },
        { "RS+ $G a q x\r\n", ProtocolError.BadArguments },
        { "RS+ $G a q 1 2\r\n", ProtocolError.BadArguments },
        { "RS- $G\r\n", ProtocolError.BadArguments },
        { "RS- $G a q 1\r\n", ProtocolError.BadArguments },
        { "RMSG $G 1\r\n", ProtocolError.BadArguments },
        { "RMSG $G a x\r\n", ProtocolError.BadArguments },
        { "RMSG $G a r q 1\r\n", ProtocolError.BadArguments },
        { "RMSG $G a -1\r\n", ProtocolError.BadArguments },
        { "HMSG $G a 1\r\n", ProtocolError.BadArguments },
        { "HMSG $G a 3 2\r\n", ProtocolError.BadArguments },
        { "RMSG $G a 101\r\n", ProtocolError.PayloadTooLarge },
        { "RMSG $G a 1\r\nxy", ProtocolError.UnknownOperation },
        { "RS+ $G " + new string('a', 65), ProtocolError.ControlLineTooLong },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_BecomesACall(string text, string expected)
    {
        (ParseStatus status, int consumed, List<string> calls) = Parse(text);
        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(text.Length, consumed);
        Assert.Equal(expected, string.Join('\n', calls));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void EveryPrefixOfAnOperation_WaitsForTheRest(string text, string expected)
    {
        for (int length = 1; length < text.Length; length++)
        {
            (ParseStatus status, int consumed, List<string> calls) = Parse(text[..length]);
            Assert.True(status == ParseStatus.NeedMoreData, $"{status} after {text[..length]}, which is to become {expected}");
            Assert.Equal(0, consumed);
            Assert.Empty(calls);
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsReported(string text, ProtocolError expected)
    {
        var handler = new RecordingRouteHandler([]);
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        ParseStatus status = NewParser().Parse(bytes, ref handler, out _, out _, out ProtocolError error);
        Assert.Equal(ParseStatus.ProtocolError, status);
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("PING\r\n")]
    [InlineData("RS+ $G a\r\n")]
    [InlineData("INFO {}\r\n")]
    public void AnythingBeforeConnect_IsAViolationWhereItIsNeeded(string text)
    {
        var handler = new RecordingRouteHandler([], isConnectRequired: true);
        NewParser().Parse(Encoding.Latin1.GetBytes(text), ref handler, out _, out _, out ProtocolError error);
        Assert.Equal(ProtocolError.AuthorizationViolation, error);
        ParseStatus status = NewParser().Parse("CONNECT {}\r\n"u8, ref handler, out _, out _, out _);
        Assert.Equal(ParseStatus.Complete, status);
    }

    /// <summary>What the writer writes the parser reads, wherever the input is cut.</summary>
    [Fact]
    public void MessageThatWasWritten_IsReadAgain()
    {
        Gen<string> word = Gen.String[Gen.Char['a', 'e'], 1, 5];
        Gen.Select(word, word, Gen.Bool, Gen.Bool, Gen.String[Gen.Char['a', 'z'], 0, 8], word.Array[0, 3], Gen.Double[0, 0.99]).Sample(
            (subject, reply, hasReply, hasHeaders, payload, groups, cut) =>
        {
            string headers = hasHeaders ? "NATS/1.0\r\n\r\n" : "";
            string queues = string.Join(' ', groups);
            byte[] written = Write(subject, hasReply ? reply : "", headers, payload, queues);
            (ParseStatus status, int consumed, List<string> calls) = Parse(Encoding.Latin1.GetString(written));
            Assert.Equal((ParseStatus.Complete, written.Length), (status, consumed));
            string sizes = hasHeaders ? $"{headers.Length}/{headers.Length + payload.Length}" : $"/{payload.Length}";
            Assert.Equal($"MSG $G {subject} [{(hasReply ? reply : "")}] [{queues}] {sizes} [{headers}] [{payload}]", Assert.Single(calls));
            Assert.Equal(ParseStatus.NeedMoreData, Parse(Encoding.Latin1.GetString(written, 0, Math.Max(1, (int)(written.Length * cut)))).Status);
        });
    }

    [Theory]
    [InlineData("foo", "", 1, "RS+ $G foo\r\n")]
    [InlineData("foo", "", 0, "RS- $G foo\r\n")]
    [InlineData("foo.*", "q", 3, "RS+ $G foo.* q 3\r\n")]
    [InlineData("foo.*", "q", 0, "RS- $G foo.* q\r\n")]
    public void InterestLine_NamesTheWeightOfAQueueGroup(string subject, string queueGroup, int weight, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(RouteWriter.InterestLine(Encoding.ASCII.GetBytes(subject), Encoding.ASCII.GetBytes(queueGroup), weight)));

    private static byte[] Write(string subject, string reply, string headers, string payload, string queues)
    {
        string plainDigits = $"{payload.Length}";
        var message = new PublishedMessage
        {
            Subject = Encoding.ASCII.GetBytes(subject),
            ReplyTo = Encoding.ASCII.GetBytes(reply),
            Headers = Encoding.ASCII.GetBytes(headers),
            Payload = Encoding.ASCII.GetBytes(payload),
            HeaderSizeDigits = Encoding.ASCII.GetBytes(headers.Length > 0 ? $"{headers.Length}" : ""),
            TotalSizeDigits = Encoding.ASCII.GetBytes($"{headers.Length + payload.Length}"),
        };
        byte[] groups = Encoding.ASCII.GetBytes(queues);
        byte[] digits = Encoding.ASCII.GetBytes(plainDigits);
        byte[] target = new byte[RouteWriter.MeasureMessage(message, groups, digits, headers.Length > 0)];
        Assert.Equal(target.Length, RouteWriter.WriteMessage(target, message, groups, digits, headers.Length > 0));
        return target;
    }

    private static (ParseStatus Status, int Consumed, List<string> Calls) Parse(string text)
    {
        var calls = new List<string>();
        var handler = new RecordingRouteHandler(calls);
        ParseStatus status = NewParser().Parse(Encoding.Latin1.GetBytes(text), ref handler, out int consumed, out _, out _);
        return (status, consumed, calls);
    }

    private static RouteParser<RecordingRouteHandler> NewParser() => new(MaxControlLine, MaxPayload);
}
