using Bayou.Raft;
using Bayou.Records;

namespace Bayou.Grains.Replication;

/// <summary>
/// Requests for votes of groups that are not here yet. The silo that leads the metadata applies the creation of a channel first, and if it is
/// to lead the channel as well, it asks the others before they have heard of it. Without an answer it would not ask again for a second or two.
/// Late delivery does no harm: any request may be late.
/// </summary>
internal sealed class EarlyVotes
{
    /// <summary>Of more groups the oldest requests are forgotten; some are for groups that will never be here.</summary>
    private const int MaxGroups = 1024;

    private readonly Dictionary<GroupId, RaftMessage> _requests = [];
    private readonly Queue<GroupId> _order = new();

    /// <summary>Keeps the latest request for a group; other messages are sent again by themselves.</summary>
    public void Keep(GroupId group, in RaftMessage message)
    {
        if (message.Kind is not (MessageKind.PreVote or MessageKind.Vote))
        {
            return;
        }

        if (!_requests.ContainsKey(group))
        {
            _order.Enqueue(group);
        }

        _requests[group] = message;
        if (_order.Count > MaxGroups)
        {
            _requests.Remove(_order.Dequeue());
        }
    }

    /// <summary>The group is here now: the request for it, if there is one.</summary>
    public bool TryTake(GroupId group, out RaftMessage request) => _requests.Remove(group, out request);
}
