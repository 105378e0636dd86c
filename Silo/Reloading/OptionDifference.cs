using System.Collections;
using System.Reflection;

namespace Bayou.Silo.Reloading;

/// <summary>One option that differs between two records of options.</summary>
/// <param name="Name">Where it is: the names of the properties that lead there, with dots between them.</param>
/// <param name="Old">Its value in the first of them.</param>
/// <param name="New">Its value in the second.</param>
internal readonly record struct OptionDifference(string Name, object? Old, object? New)
{
    /// <summary>All of them. Options may hold records of options, and lists and dictionaries, which are compared as a whole.</summary>
    public static IEnumerable<OptionDifference> Between(object old, object @new, string prefix = "")
    {
        foreach (var property in old.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite))
        {
            var (first, second) = (property.GetValue(old), property.GetValue(@new));
            var name = prefix + property.Name;
            if (first is not null && second is not null && IsRecord(first))
            {
                foreach (var difference in Between(first, second, name + "."))
                    yield return difference;
            }
            else if (!AreSame(first, second))
            {
                yield return new OptionDifference(name, first, second);
            }
        }
    }

    private static bool AreSame(object? first, object? second) => (first, second) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (string one, string other) => one == other,
        (IDictionary one, IDictionary other) => one.Count == other.Count && one.Keys.Cast<object>().All(key => other.Contains(key) && AreSame(one[key], other[key])),
        (IEnumerable one, IEnumerable other) => AreSame([.. one.Cast<object?>()], [.. other.Cast<object?>()]),
        _ => IsRecord(first) && first.GetType() == second.GetType() ? !Between(first, second).Any() : first.Equals(second),
    };

    private static bool AreSame(List<object?> one, List<object?> other) =>
        one.Count == other.Count && one.Zip(other).All(static pair => AreSame(pair.First, pair.Second));

    private static bool IsRecord(object value) =>
        value is not IEnumerable && value.GetType() is { IsClass: true, Namespace: { } space } && space.StartsWith("Bayou.", StringComparison.Ordinal);
}
