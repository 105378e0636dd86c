using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>Makes options, so that a schema reads as a table.</summary>
internal static class Option
{
    public static ConfigOption<T> Boolean<T>(string name, Func<T, bool, T> set) => Scalar(name, OptionType.Boolean, set);

    public static ConfigOption<T> Integer<T>(string name, Func<T, long, T> set) => Scalar(name, OptionType.Integer, set);

    /// <summary>A number that the server keeps in 32 bits.</summary>
    public static ConfigOption<T> Int32<T>(string name, Func<T, int, T> set) =>
        Integer<T>(name, (target, value) => set(target, (int)value)).Within(int.MinValue, int.MaxValue);

    public static ConfigOption<T> String<T>(string name, Func<T, string, T> set) => Scalar(name, OptionType.String, set);

    public static ConfigOption<T> Duration<T>(string name, Func<T, TimeSpan, T> set) => Scalar(name, OptionType.Duration, set);

    public static ConfigOption<T> Seconds<T>(string name, Func<T, TimeSpan, T> set) => Scalar(name, OptionType.Seconds, set);

    public static ConfigOption<T> Address<T>(string name, Func<T, ListenAddress, T> set) => Scalar(name, OptionType.Address, set);

    /// <summary>A value whose meaning is checked by more than its type.</summary>
    public static ConfigOption<T> Checked<T>(string name, OptionType type, Func<T, object, ConfigEntry, SchemaReader, T> set) => new()
    {
        Name = name,
        Type = type,
        Apply = (target, entry, reader) => reader.TryConvert(entry, type, out var value) ? set(target, value, entry, reader) : target,
    };

    /// <summary>A map of options that set the same thing.</summary>
    public static ConfigOption<T> Block<T>(string name, OptionSchema<T> schema) =>
        Block<T>(name, schema, (target, entry, reader) => reader.ReadBlock(schema, entry, name, target));

    /// <summary>A map of options that set something else first.</summary>
    public static ConfigOption<T> Block<T>(string name, IOptionNames children, Func<T, ConfigEntry, SchemaReader, T> apply) =>
        new() { Name = name, Type = OptionType.Block, Children = children, Apply = apply };

    /// <summary>Known, checked for its type, and without effect today.</summary>
    public static ConfigOption<T> NotYet<T>(string name, OptionType type = OptionType.Any) => new()
    {
        Name = name,
        Type = type,
        Effect = OptionEffect.NotYet,
        Apply = (target, entry, reader) =>
        {
            // A switch that is off asks for nothing.
            if (reader.TryConvert(entry, type, out var value) && value is not false)
                reader.AddWithoutEffect(entry);
            return target;
        },
    };

    /// <summary>Known, and refused while there is nothing behind it.</summary>
    public static ConfigOption<T> Refused<T>(string name, OptionType type = OptionType.Any) => new()
    {
        Name = name,
        Type = type,
        Effect = OptionEffect.Refused,
        Apply = (target, entry, reader) =>
        {
            if (reader.TryConvert(entry, type, out var value) && value is not false)
                reader.AddUnprotected(entry);
            return target;
        },
    };

    /// <summary>A text that would make another kind of server of this one. <paramref name="reason"/> says what there is instead.</summary>
    public static ConfigOption<T> Unavailable<T>(string name, string reason) => new()
    {
        Name = name,
        Type = OptionType.String,
        Effect = OptionEffect.Unavailable,
        Apply = (target, entry, reader) =>
        {
            // An empty text, the default, asks for nothing.
            if (reader.TryConvert(entry, OptionType.String, out var value) && value is not "")
                reader.AddError(entry, $"{entry.Key} is not available: {reason}");
            return target;
        },
    };

    private static ConfigOption<T> Scalar<T, TValue>(string name, OptionType type, Func<T, TValue, T> set) =>
        Checked<T>(name, type, (target, value, _, _) => set(target, (TValue)value));
}
