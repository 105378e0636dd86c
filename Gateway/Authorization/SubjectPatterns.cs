using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// A handful of subjects and patterns. They are gone through one by one: lists of permissions are short, and where a connection asks again and
/// again it remembers the answer.
/// </summary>
internal sealed class SubjectPatterns(IEnumerable<string> patterns)
{
    private readonly byte[][] _patterns = [.. patterns.Select(Encoding.UTF8.GetBytes)];

    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Whether one of them describes the subject. A wildcard in the subject is a token like another.</summary>
    public bool Match(ReadOnlySpan<byte> subject)
    {
        foreach (byte[] pattern in _patterns)
        {
            if (SubjectRules.Matches(pattern, subject)) return true;
        }

        return false;
    }

    /// <summary>Whether one of them describes every subject that this one, which may have wildcards, describes.</summary>
    public bool Cover(ReadOnlySpan<byte> subject)
    {
        foreach (byte[] pattern in _patterns)
        {
            if (Covers(pattern, subject)) return true;
        }

        return false;
    }

    /// <summary>Token by token, as for a literal subject; but a rest of any length is covered by such a rest alone.</summary>
    public static bool Covers(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> subject) =>
        SubjectRules.Matches(pattern, subject) && (!HasOpenEnd(subject) || HasOpenEnd(pattern));

    private static bool HasOpenEnd(ReadOnlySpan<byte> subject) =>
        SubjectRules.IsFullWildcard(subject[(subject.LastIndexOf(SubjectRules.Separator) + 1)..]);
}
