using System.Runtime.CompilerServices;

namespace Bayou.Gateway.Protocol;

/// <summary>
/// Turns a client's bytes into calls. It knows no socket, no account and no log, and keeps no state: an operation that is not
/// all there yet is left in the input and parsed from its start when more has arrived.
/// </summary>
/// <remarks>
/// <code>
/// CONNECT {json}                    PUB subject [reply] n            payload \r\n
/// INFO {json}                       HPUB subject [reply] h n         headers payload \r\n
/// PING, PONG, +OK                   SUB subject [queue group] sid
/// -ERR text                         UNSUB sid [max]
/// </code>
/// Verbs may be written in any case. Words are separated by spaces and tabs. A line ends with LF or CRLF, a payload with CRLF.
/// What is wrong is reported as early as it can be seen, for clients wait for the answer before they send the rest.
/// </remarks>
/// <typeparam name="THandler">Receives the calls; a struct, so that they can be inlined.</typeparam>
public readonly struct ClientParser<THandler>(int maxControlLineBytes, int maxPayloadBytes)
    where THandler : struct, IClientCommandHandler
{
    /// <summary>Digits that a size may have; more cannot be a size.</summary>
    private const int MaxSizeDigits = 9;

    /// <summary>Parses as many operations as the input holds.</summary>
    /// <param name="input">Contiguous bytes, beginning with an operation.</param>
    /// <param name="handler">Called for each operation, in order.</param>
    /// <param name="consumed">Bytes of the operations that are done.</param>
    /// <param name="needed">Where more data are needed and it is known already: how many bytes of the incomplete operation there must be before another try can come further; else 0.</param>
    /// <param name="error">What is wrong, where something is.</param>
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
        if (first != (byte)'c' && handler.IsConnectRequired)
        {
            error = ProtocolError.AuthorizationViolation;
            return ParseStatus.ProtocolError;
        }

        byte second = input.Length > 1 ? (byte)(input[1] | 0x20) : (byte)0;
        switch (first)
        {
            case (byte)'p' when second == (byte)'u' || second == 0:
                return ParsePublish(input, "pub"u8, hasHeaders: false, ref handler, out length, out error);
            case (byte)'p' when second == (byte)'i':
                return ParseBare(input, "ping"u8, Verb.Ping, ref handler, out length, out error);
            case (byte)'p':
                return ParseBare(input, "pong"u8, Verb.Pong, ref handler, out length, out error);
            case (byte)'h':
                return ParsePublish(input, "hpub"u8, hasHeaders: true, ref handler, out length, out error);
            case (byte)'s':
                return ParseWithArguments(input, "sub"u8, Verb.Subscribe, ref handler, out length, out error);
            case (byte)'u':
                return ParseWithArguments(input, "unsub"u8, Verb.Unsubscribe, ref handler, out length, out error);
            case (byte)'c':
                return ParseWithArguments(input, "connect"u8, Verb.Connect, ref handler, out length, out error);
            case (byte)'i':
                return ParseWithArguments(input, "info"u8, Verb.Info, ref handler, out length, out error);
            case (byte)'+' when input[0] == (byte)'+':
                return ParseBare(input, "+ok"u8, Verb.Ok, ref handler, out length, out error);
            case (byte)'-' when input[0] == (byte)'-':
                return ParseWithArguments(input, "-err"u8, Verb.Error, ref handler, out length, out error);
            default:
                error = ProtocolError.UnknownOperation;
                return ParseStatus.ProtocolError;
        }
    }

    private ParseStatus ParsePublish(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, bool hasHeaders, ref THandler handler, out int length, out ProtocolError error)
    {
        ParseStatus status = ReadLine(input, verb, needsSeparator: true, ref handler, out ReadOnlySpan<byte> line, out length, out error);
        if (status != ParseStatus.Complete) return status;

        var arguments = new ArgumentList(line);
        int sizeCount = hasHeaders ? 2 : 1;
        int headerBytes = 0;
        int bodyBytes = 0;
        bool isWellFormed = (arguments.Count == 1 + sizeCount || arguments.Count == 2 + sizeCount)
            && TryParseSize(arguments[arguments.Count - 1], out bodyBytes)
            && (!hasHeaders || (TryParseSize(arguments[arguments.Count - 2], out headerBytes) && headerBytes <= bodyBytes));
        if (!isWellFormed) return Fail(ProtocolError.BadArguments, out error);
        if (bodyBytes > maxPayloadBytes) return Fail(ProtocolError.PayloadTooLarge, out error);

        ReadOnlySpan<byte> body = input[length..];
        if (body.Length > bodyBytes && body[bodyBytes] != (byte)'\r') return Fail(ProtocolError.UnknownOperation, out error);
        if (body.Length < bodyBytes + 2)
        {
            // The byte after the payload is worth a look of its own: if it is wrong, the client waits to be told.
            length += body.Length > bodyBytes ? bodyBytes + 2 : bodyBytes + 1;
            return ParseStatus.NeedMoreData;
        }

        if (body[bodyBytes + 1] != (byte)'\n') return Fail(ProtocolError.UnknownOperation, out error);

        length += bodyBytes + 2;
        error = handler.OnPublish(new PublishCommand
        {
            Subject = arguments[0],
            ReplyTo = arguments.Count == 2 + sizeCount ? arguments[1] : default,
            HeaderSizeDigits = hasHeaders ? arguments[arguments.Count - 2] : default,
            TotalSizeDigits = arguments[arguments.Count - 1],
            Headers = body[..headerBytes],
            Payload = body[headerBytes..bodyBytes],
        });
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    /// <summary>A verb whose line may go on with anything.</summary>
    private static ParseStatus ParseBare(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, Verb meaning, ref THandler handler, out int length, out ProtocolError error)
    {
        length = 0;
        ParseStatus status = ReadVerb(input, verb, out error);
        if (status != ParseStatus.Complete) return status;
        int newLine = input.IndexOf((byte)'\n');
        if (newLine < 0) return ParseStatus.NeedMoreData;
        length = newLine + 1;
        error = meaning switch
        {
            Verb.Ping => handler.OnPing(),
            Verb.Pong => handler.OnPong(),
            _ => ProtocolError.None,
        };
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    private ParseStatus ParseWithArguments(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, Verb meaning, ref THandler handler, out int length, out ProtocolError error)
    {
        bool needsSeparator = meaning is not (Verb.Connect or Verb.Info);
        ParseStatus status = ReadLine(input, verb, needsSeparator, ref handler, out ReadOnlySpan<byte> line, out length, out error);
        if (status != ParseStatus.Complete) return status;
        error = meaning switch
        {
            Verb.Subscribe => Subscribe(line, ref handler),
            Verb.Unsubscribe => Unsubscribe(line, ref handler),
            Verb.Connect => handler.OnConnect(line),
            Verb.Info => handler.OnInfo(line),
            _ => ProtocolError.ErrorFromClient,
        };
        return error == ProtocolError.None ? ParseStatus.Complete : ParseStatus.ProtocolError;
    }

    private static ProtocolError Subscribe(ReadOnlySpan<byte> line, ref THandler handler)
    {
        var arguments = new ArgumentList(line);
        return arguments.Count switch
        {
            2 => handler.OnSubscribe(arguments[0], default, arguments[1]),
            3 => handler.OnSubscribe(arguments[0], arguments[1], arguments[2]),
            _ => ProtocolError.BadArguments,
        };
    }

    private static ProtocolError Unsubscribe(ReadOnlySpan<byte> line, ref THandler handler)
    {
        var arguments = new ArgumentList(line);
        if (arguments.Count is not (1 or 2)) return ProtocolError.BadArguments;
        int maxDeliveries = arguments.Count == 2 && TryParseSize(arguments[1], out int max) ? max : 0;
        return handler.OnUnsubscribe(arguments[0], maxDeliveries);
    }

    /// <summary>Reads a verb and its line. The line comes without leading blanks and without its end.</summary>
    private ParseStatus ReadLine(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, bool needsSeparator, ref THandler handler,
        out ReadOnlySpan<byte> line, out int length, out ProtocolError error)
    {
        line = default;
        length = 0;
        ParseStatus status = ReadVerb(input, verb, out error);
        if (status != ParseStatus.Complete) return status;

        int start = verb.Length;
        if (start == input.Length) return ParseStatus.NeedMoreData;
        if (needsSeparator && input[start] is not ((byte)' ' or (byte)'\t')) return Fail(ProtocolError.UnknownOperation, out error);
        while (start < input.Length && input[start] is (byte)' ' or (byte)'\t') start++;

        int newLine = input[start..].IndexOf((byte)'\n');
        line = newLine < 0 ? input[start..] : input.Slice(start, newLine);
        // Also where its LF is still on the way, or a line of just the permitted length would be refused.
        if (!line.IsEmpty && line[^1] == (byte)'\r') line = line[..^1];
        if (line.Length > maxControlLineBytes) return Fail(ProtocolError.ControlLineTooLong, out error);
        if (newLine < 0) return ParseStatus.NeedMoreData;
        length = start + newLine + 1;
        handler.OnControlLine(verb, line);
        return ParseStatus.Complete;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ParseStatus ReadVerb(ReadOnlySpan<byte> input, ReadOnlySpan<byte> verb, out ProtocolError error)
    {
        int count = Math.Min(input.Length, verb.Length);
        for (int i = 0; i < count; i++)
        {
            byte letter = input[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(input[i] | 0x20) : input[i];
            if (letter != verb[i]) return Fail(ProtocolError.UnknownOperation, out error);
        }

        error = ProtocolError.None;
        return count == verb.Length ? ParseStatus.Complete : ParseStatus.NeedMoreData;
    }

    private static ParseStatus Fail(ProtocolError reason, out ProtocolError error)
    {
        error = reason;
        return ParseStatus.ProtocolError;
    }

    private static bool TryParseSize(ReadOnlySpan<byte> digits, out int size)
    {
        size = 0;
        if (digits.Length is 0 or > MaxSizeDigits) return false;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            size = (size * 10) + (digit - '0');
        }

        return true;
    }

    private enum Verb
    {
        Ping,
        Pong,
        Ok,
        Subscribe,
        Unsubscribe,
        Connect,
        Info,
        Error,
    }
}
