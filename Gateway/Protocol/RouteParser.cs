using static Bayou.Gateway.Protocol.ControlLine;

namespace Bayou.Gateway.Protocol;

/// <summary>
/// Turns another server's bytes into calls, in the manner of <see cref="ClientParser{THandler}"/>: stateless, and an operation that
/// is not all there yet is left in the input.
/// </summary>
/// <remarks>
/// <code>
/// CONNECT {json}    INFO {json}     PING, PONG, +OK     -ERR text
/// RS+ account subject [queue weight]
/// RS- account subject [queue]
/// RMSG account subject [reply] n                        payload \r\n
/// RMSG account subject + reply queue ... n              payload \r\n
/// RMSG account subject | queue ... n                    payload \r\n
/// HMSG (as RMSG, but) ... h n                           headers payload \r\n
/// A+ account, A- account                                for super-clusters; without meaning here
/// </code>
/// </remarks>
/// <typeparam name="THandler">Receives the calls; a struct, so that they can be inlined.</typeparam>
internal readonly struct RouteParser<THandler>(int maxControlLineBytes, int maxPayloadBytes)
    where THandler : struct, IRouteCommandHandler
{
    /// <inheritdoc cref="ClientParser{THandler}.Parse"/>
    public ParseStatus Parse(ReadOnlySpan<byte> input, ref THandler handler, out int consumed, out int needed, out ProtocolError error)
    {
        consumed = 0;
        needed = 0;
        error = ProtocolError.None;
        while (consumed < input.Length)
        {
            ParseStatus status = ParseOne(input[consumed..], ref handler, out int length, out error);
            if (status != ParseStatus.Complete)
            {
                needed = length;
                return status;
            }

            consumed += length;
        }

        return ParseStatus.Complete;
    }

    private ParseStatus ParseOne(ReadOnlySpan<byte> input, ref THandler handler, out int length, out ProtocolError error)
    {
        byte first = (byte)(input[0] | 0x20);
        length = 0;
        if (first != (byte)'c' && handler.IsConnectRequired) return Fail(ProtocolError.AuthorizationViolation, out error);
        byte second = input.Length > 1 ? (byte)(input[1] | 0x20) : (byte)0;
        byte third = input.Length > 2 ? input[2] : (byte)0;
        return first switch
        {
            (byte)'r' when second != (byte)'s' => ParseMessage(input, "rmsg"u8, hasHeaders: false, ref handler, out length, out error),
            (byte)'r' when third == (byte)'-' => ParseLine(input, "rs-"u8, Verb.InterestEnded, ref handler, out length, out error),
            (byte)'r' => ParseLine(input, "rs+"u8, Verb.Interest, ref handler, out length, out error),
            (byte)'h' => ParseMessage(input, "hmsg"u8, hasHeaders: true, ref handler, out length, out error),
            (byte)'p' when second == (byte)'o' => ParseBare(input, "pong"u8, Verb.Pong, ref handler, out length, out error),
            (byte)'p' => ParseBare(input, "ping"u8, Verb.Ping, ref handler, out length, out error),
            (byte)'i' => ParseLine(input, "info"u8, Verb.Info, ref handler, out length, out error),
            (byte)'c' => ParseLine(input, "connect"u8, Verb.Connect, ref handler, out length, out error),
            (byte)'a' when input.Length > 1 && input[1] == (byte)'-' => ParseLine(input, "a-"u8, Verb.Ignored, ref handler, out length, out error),
            (byte)'a' => ParseLine(input, "a+"u8, Verb.Ignored, ref handler, out length, out error),
            _ when input[0] == (byte)'+' => ParseBare(input, "+ok"u8, Verb.Ignored, ref handler, out length, out error),
            _ when input[0] == (byte)'-' => ParseLine(input, "-err"u8, Verb.Error, ref handler, out length, out error),
            _ => Fail(ProtocolError.UnknownOperation, out error),
        };
    }

    private static ParseStatus ParseBare(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, Verb meaning, ref THandler handler, out int length, out ProtocolError error)
    {
        ParseStatus status = ReadBare(input, verb, out length, out error);
        if (status != ParseStatus.Complete) return status;
        error = meaning switch
        {
            Verb.Ping => handler.OnPing(),
            Verb.Pong => handler.OnPong(),
            _ => ProtocolError.None,
        };
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    private ParseStatus ParseLine(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, Verb meaning, ref THandler handler, out int length, out ProtocolError error)
    {
        bool needsSeparator = meaning is not (Verb.Connect or Verb.Info);
        ParseStatus status = Read(input, verb, needsSeparator, maxControlLineBytes, out ReadOnlySpan<byte> line, out length, out error);
        if (status != ParseStatus.Complete) return status;
        handler.OnControlLine(verb, line);
        error = meaning switch
        {
            Verb.Interest => Interest(line, ref handler),
            Verb.InterestEnded => InterestEnded(line, ref handler),
            Verb.Info => handler.OnInfo(line),
            Verb.Connect => handler.OnConnect(line),
            Verb.Error => handler.OnError(line),
            _ => ProtocolError.None,
        };
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    private static ProtocolError Interest(ReadOnlySpan<byte> line, ref THandler handler)
    {
        var arguments = new ArgumentList(line);
        if (arguments.Count == 2) return handler.OnInterest(arguments[0], arguments[1], default, weight: 0);
        if (arguments.Count != 4 || !TryParseSize(arguments[3], out int weight)) return ProtocolError.BadArguments;
        return handler.OnInterest(arguments[0], arguments[1], arguments[2], weight);
    }

    private static ProtocolError InterestEnded(ReadOnlySpan<byte> line, ref THandler handler)
    {
        var arguments = new ArgumentList(line);
        return arguments.Count switch
        {
            2 => handler.OnInterestEnded(arguments[0], arguments[1], default),
            3 => handler.OnInterestEnded(arguments[0], arguments[1], arguments[2]),
            _ => ProtocolError.BadArguments,
        };
    }

    private ParseStatus ParseMessage(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, bool hasHeaders, ref THandler handler, out int length, out ProtocolError error)
    {
        ParseStatus status = Read(input, verb, needsSeparator: true, maxControlLineBytes, out ReadOnlySpan<byte> line, out length, out error);
        if (status != ParseStatus.Complete) return status;
        handler.OnControlLine(verb, line);

        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> totalDigits = TakeLastWord(ref rest);
        ReadOnlySpan<byte> headerDigits = hasHeaders ? TakeLastWord(ref rest) : default;
        ReadOnlySpan<byte> account = TakeWord(ref rest);
        ReadOnlySpan<byte> subject = TakeWord(ref rest);
        int headerBytes = 0;
        int bodyBytes = 0;
        bool isTargetKnown = TryReadTarget(rest, out ReadOnlySpan<byte> replyTo, out ReadOnlySpan<byte> queueGroups);
        bool isWellFormed = isTargetKnown
            && !subject.IsEmpty
            && TryParseSize(totalDigits, out bodyBytes)
            && (!hasHeaders || (TryParseSize(headerDigits, out headerBytes) && headerBytes <= bodyBytes));
        if (!isWellFormed) return Fail(ProtocolError.BadArguments, out error);
        if (bodyBytes > maxPayloadBytes) return Fail(ProtocolError.PayloadTooLarge, out error);

        ReadOnlySpan<byte> body = input[length..];
        status = ReadBody(body, bodyBytes, ref length, out error);
        if (status != ParseStatus.Complete) return status;
        error = handler.OnMessage(new RouteMessageCommand
        {
            Account = account,
            Subject = subject,
            ReplyTo = replyTo,
            QueueGroups = queueGroups,
            HeaderSizeDigits = headerDigits,
            TotalSizeDigits = totalDigits,
            Headers = body[..headerBytes],
            Payload = body[headerBytes..bodyBytes],
        });
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    /// <summary>What stands between subject and sizes: nothing, a reply subject, or a sign with what it announces.</summary>
    private static bool TryReadTarget(ReadOnlySpan<byte> words, out ReadOnlySpan<byte> replyTo, out ReadOnlySpan<byte> queueGroups)
    {
        replyTo = TakeWord(ref words);
        queueGroups = words.TrimStart(Blanks);
        if (queueGroups.IsEmpty) return true;
        bool hasReply = replyTo.SequenceEqual("+"u8);
        if (!hasReply && !replyTo.SequenceEqual("|"u8)) return false;
        replyTo = hasReply ? TakeWord(ref queueGroups) : default;
        queueGroups = queueGroups.TrimStart(Blanks);
        return true;
    }

    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    private static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> words)
    {
        words = words.TrimStart(Blanks);
        int end = words.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? words : words[..end];
        words = words[word.Length..];
        return word;
    }

    private static ReadOnlySpan<byte> TakeLastWord(scoped ref ReadOnlySpan<byte> words)
    {
        words = words.TrimEnd(Blanks);
        int start = words.LastIndexOfAny((byte)' ', (byte)'\t') + 1;
        ReadOnlySpan<byte> word = words[start..];
        words = words[..start].TrimEnd(Blanks);
        return word;
    }

    private enum Verb
    {
        Ping,
        Pong,
        Interest,
        InterestEnded,
        Connect,
        Info,
        Error,
        Ignored,
    }
}
