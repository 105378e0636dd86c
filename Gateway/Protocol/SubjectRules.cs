namespace Bayou.Gateway.Protocol;

/// <summary>What a subject may look like. Subjects are bytes, not text: any byte but the separators of a control line may occur.</summary>
public static class SubjectRules
{
    /// <summary>Between two tokens.</summary>
    public const byte Separator = (byte)'.';

    private static ReadOnlySpan<byte> GatewayReplyPrefix => "_GR_."u8;

    /// <summary><c>*</c> as a whole token.</summary>
    public static bool IsPartialWildcard(ReadOnlySpan<byte> token) => token.Length == 1 && token[0] == (byte)'*';

    /// <summary><c>&gt;</c> as a whole token.</summary>
    public static bool IsFullWildcard(ReadOnlySpan<byte> token) => token.Length == 1 && token[0] == (byte)'>';

    /// <summary>Whether one may subscribe to it: tokens are not empty, and <c>&gt;</c> alone is only the last one.</summary>
    public static bool IsValid(ReadOnlySpan<byte> subject)
    {
        if (subject.IndexOfAny(" \t\r\n"u8) >= 0) return false;
        while (true)
        {
            int dot = subject.IndexOf(Separator);
            ReadOnlySpan<byte> token = dot < 0 ? subject : subject[..dot];
            if (token.IsEmpty) return false;
            if (dot < 0) return true;
            if (IsFullWildcard(token)) return false;
            subject = subject[(dot + 1)..];
        }
    }

    /// <summary>Whether it has no wildcard token.</summary>
    public static bool IsLiteral(ReadOnlySpan<byte> subject)
    {
        foreach (Range range in Tokens(subject))
        {
            ReadOnlySpan<byte> token = subject[range];
            if (IsPartialWildcard(token) || IsFullWildcard(token)) return false;
        }

        return true;
    }

    /// <summary>Whether a pedantic client may publish to it.</summary>
    public static bool IsValidLiteral(ReadOnlySpan<byte> subject) => IsValid(subject) && IsLiteral(subject);

    /// <summary>Such a subject matches nothing.</summary>
    public static bool HasEmptyToken(ReadOnlySpan<byte> subject) =>
        subject.IsEmpty || subject[0] == Separator || subject[^1] == Separator || subject.IndexOf(".."u8) >= 0;

    /// <summary>Whether clients may not ask for answers there, because servers keep such subjects for their own replies.</summary>
    public static bool IsReservedReply(ReadOnlySpan<byte> replyTo) =>
        replyTo.StartsWith("_R_."u8) || replyTo.StartsWith(GatewayReplyPrefix) || replyTo.StartsWith("$JS.ACK."u8);

    /// <summary>Whether clients may not publish there.</summary>
    public static bool IsReservedForServers(ReadOnlySpan<byte> subject) => subject.StartsWith(GatewayReplyPrefix);

    /// <summary>Whether the queue group is one that servers keep for themselves.</summary>
    public static bool IsReservedQueueGroup(ReadOnlySpan<byte> queueGroup) => queueGroup.SequenceEqual("_sys_"u8);

    /// <summary>How many tokens it has.</summary>
    public static int CountTokens(ReadOnlySpan<byte> subject) => subject.Count(Separator) + 1;

    /// <summary>Whether a literal subject is one that the pattern describes.</summary>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> subject)
    {
        while (true)
        {
            int patternDot = pattern.IndexOf(Separator);
            int subjectDot = subject.IndexOf(Separator);
            ReadOnlySpan<byte> expected = patternDot < 0 ? pattern : pattern[..patternDot];
            ReadOnlySpan<byte> actual = subjectDot < 0 ? subject : subject[..subjectDot];
            if (actual.IsEmpty) return false;
            if (IsFullWildcard(expected) && patternDot < 0) return !HasEmptyToken(subject);
            if (!IsPartialWildcard(expected) && !expected.SequenceEqual(actual)) return false;
            if (patternDot < 0 || subjectDot < 0) return patternDot < 0 && subjectDot < 0;
            pattern = pattern[(patternDot + 1)..];
            subject = subject[(subjectDot + 1)..];
        }
    }

    internal static MemoryExtensions.SpanSplitEnumerator<byte> Tokens(ReadOnlySpan<byte> subject) => subject.Split(Separator);
}
