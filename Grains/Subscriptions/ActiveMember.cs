using System.Diagnostics.CodeAnalysis;

namespace Bayou.Grains.Subscriptions;

/// <summary>
/// The member of a queue group that gets everything, where the channel's policy wants a single one: who has been there longest. It stays until it
/// leaves, or somebody else answers heartbeats and it does not.
/// </summary>
internal sealed class ActiveMember(bool isSingle, List<PlannedMember> members)
{
    /// <summary>Null where every member is served, or there is none.</summary>
    public PlannedMember? Current { get; private set; }

    /// <summary>Whether a member may be given anything.</summary>
    public bool Allows(PlannedMember member) => !isSingle || member == Current;

    /// <summary>Members came, left, or changed. True if another one takes the place of <paramref name="former"/>, which is still there.</summary>
    public bool TryReplace([NotNullWhen(true)] out PlannedMember? former)
    {
        former = Current;
        if (!isSingle || (Current is { Answers: true } && members.Contains(Current)))
        {
            return false;
        }

        var isThere = former is not null && members.Contains(former);
        Current = members.Find(static member => member.Answers) ?? (isThere ? former : members is [var oldest, ..] ? oldest : null);
        return isThere && Current != former;
    }
}
