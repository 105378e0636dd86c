namespace Bayou.Gateway.Authorization;

/// <summary>What a user may subscribe to.</summary>
/// <remarks>
/// A member of a queue group is judged by the entries that name groups where these speak of its subject, else like everybody:
/// <code>
/// allow: "a"             a, alone or in any group
/// allow: "a g"           a, in group g only
/// allow: ["a", "a g"]    a, alone or in group g
/// </code>
/// and the same way round for what is denied. A subscription with wildcards may take in denied subjects; their messages do not reach it.
/// </remarks>
internal sealed class SubscribeRules
{
    private readonly bool _isAllAllowed;
    private readonly SubjectPatterns _allowed;
    private readonly QueuePermissions _allowedGroups;
    private readonly QueuePermissions _deniedGroups;

    public SubscribeRules(SubjectPermissions permissions)
    {
        ILookup<bool, string[]> allow = Split(permissions.Allow);
        ILookup<bool, string[]> deny = Split(permissions.Deny);
        _isAllAllowed = permissions.Allow.Count == 0;
        _allowed = new SubjectPatterns(Plain(allow));
        _allowedGroups = new QueuePermissions(WithGroup(allow));
        Denied = new SubjectPatterns(Plain(deny));
        _deniedGroups = new QueuePermissions(WithGroup(deny));
    }

    /// <summary>What does not reach a client, however it subscribed.</summary>
    public SubjectPatterns Denied { get; }

    /// <param name="subject">The subject, perhaps with wildcards.</param>
    /// <param name="queueGroup">Name of the queue group; empty for none.</param>
    public bool Allow(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup)
    {
        bool? isGroupAllowed = null;
        bool? isGroupDenied = null;
        if (!queueGroup.IsEmpty)
        {
            isGroupAllowed = _allowedGroups.Find(subject, queueGroup, whole: true);
            isGroupDenied = _deniedGroups.Find(subject, queueGroup, whole: false);
        }

        bool isAllowed = _isAllAllowed || (isGroupAllowed ?? _allowed.Cover(subject));
        return isAllowed && !(isGroupDenied ?? Denied.Match(subject));
    }

    /// <summary>Entries by whether they name a group.</summary>
    private static ILookup<bool, string[]> Split(IReadOnlyList<string> entries) => entries
        .Select(static entry => entry.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .ToLookup(static words => words.Length > 1);

    private static IEnumerable<string> Plain(ILookup<bool, string[]> entries) => entries[false].Select(static words => words[0]);

    private static IEnumerable<(string Subject, string QueueGroup)> WithGroup(ILookup<bool, string[]> entries) => entries[true].Select(static words => (words[0], words[1]));
}
