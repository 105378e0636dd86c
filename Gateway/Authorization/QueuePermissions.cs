using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Authorization;

/// <summary>Permissions that speak of members of queue groups: a subject, and the name or pattern of a group.</summary>
internal sealed class QueuePermissions(IEnumerable<(string Subject, string QueueGroup)> entries)
{
    private readonly (byte[] Subject, byte[] QueueGroup)[] _entries =
        [.. entries.Select(static entry => (Encoding.UTF8.GetBytes(entry.Subject), Encoding.UTF8.GetBytes(entry.QueueGroup)))];

    /// <summary>Whether the group is one that they name for this subject; null where they do not speak of the subject.</summary>
    /// <param name="subject">The subject, perhaps with wildcards.</param>
    /// <param name="queueGroup">Name of the group.</param>
    /// <param name="whole">Whether they must speak of all that the subject describes.</param>
    public bool? Find(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, bool whole)
    {
        bool? isNamed = null;
        foreach ((byte[] pattern, byte[] group) in _entries)
        {
            if (!(whole ? SubjectPatterns.Covers(pattern, subject) : SubjectRules.Matches(pattern, subject))) continue;
            if (queueGroup.SequenceEqual(group) || SubjectPatterns.Covers(group, queueGroup)) return true;
            isNamed = false;
        }

        return isNamed;
    }
}
