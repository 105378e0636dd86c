using Bayou.Raft.Membership;

namespace Bayou.Raft;

/// <summary>
/// Lets groups with the same members share one object for them. For the groups of one thread: it is not thread safe.
/// It holds on to a bounded number of memberships; past that it starts anew, which only means less sharing.
/// </summary>
public sealed class MembershipPool
{
    private const int MaxCount = 1024;

    private readonly Dictionary<ConfState, MemberSet> _known = [];

    internal MemberSet Share(MemberSet members)
    {
        if (_known.TryGetValue(members.ConfState, out var known))
        {
            return known;
        }

        if (_known.Count == MaxCount)
        {
            _known.Clear();
        }

        _known.Add(members.ConfState, members);
        return members;
    }
}
