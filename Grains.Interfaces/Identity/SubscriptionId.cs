using System.Globalization;
using Bayou.Records;

namespace Bayou.Grains.Interfaces.Identity;

/// <summary>Names a subscription, or a queue group with all its members: the channel's group and a number within it.</summary>
public readonly record struct SubscriptionId(GroupId Group, ulong Number)
{
    /// <summary>The key of the subscription's grain.</summary>
    public string ToGrainKey() => string.Create(CultureInfo.InvariantCulture, $"{Group.Value}/{Number}");

    public static SubscriptionId FromGrainKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new(
            new GroupId(ulong.Parse(key.AsSpan(0, slash), CultureInfo.InvariantCulture)),
            ulong.Parse(key.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    public override string ToString() => ToGrainKey();
}
