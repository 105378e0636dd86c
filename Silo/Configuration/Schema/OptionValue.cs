using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>Turns a value of the language, or a text without a type, into what an option takes.</summary>
internal static class OptionValue
{
    private static readonly ConfigReadContext NoContext = new(_ => null, path => throw new FileNotFoundException(null, path));

    /// <summary>Converts; where that fails, <paramref name="expected"/> names what the value should have been.</summary>
    public static bool TryConvert(ConfigValue value, OptionType type, out object result, out string expected)
    {
        (object? Result, string Expected) attempt = type switch
        {
            OptionType.Boolean => (AsBoolean(value), "bool"),
            OptionType.Integer => (AsInteger(value), "int64"),
            OptionType.String => (AsString(value), "string"),
            OptionType.Duration => (AsDuration(value), "a duration such as \"1h30m\" or \"500ms\""),
            OptionType.Seconds => (AsSeconds(value), "a number of seconds or a duration such as \"2s\""),
            OptionType.Address => (AsAddress(value), "a port or \"host:port\""),
            OptionType.Strings => (AsStrings(value), "slice"),
            OptionType.Block => (value as ConfigMap, "map"),
            _ => (value, "anything"),
        };
        (result, expected) = (attempt.Result ?? false, attempt.Expected);
        return attempt.Result is not null;
    }

    private static bool? AsBoolean(ConfigValue value) => Typed(value) is ConfigBoolean boolean ? boolean.IsTrue : null;

    private static long? AsInteger(ConfigValue value) => Typed(value) is ConfigInteger integer ? integer.Number : null;

    private static string? AsString(ConfigValue value) => value switch
    {
        ConfigString text => text.Text,
        ConfigText text => text.Text,
        _ => null,
    };

    private static TimeSpan? AsDuration(ConfigValue value) => value switch
    {
        ConfigInteger seconds => FromSeconds(seconds.Number),
        _ when AsString(value) is { } text => GoDuration.TryParse(text, out var duration) ? duration : AsBareSeconds(value),
        _ => null,
    };

    private static TimeSpan? AsBareSeconds(ConfigValue value) =>
        value is ConfigText text && long.TryParse(text.Text, out var seconds) ? FromSeconds(seconds) : null;

    private static TimeSpan? AsSeconds(ConfigValue value) => Typed(value) switch
    {
        ConfigFloat seconds => FromSeconds(seconds.Number),
        _ => AsDuration(value),
    };

    private static TimeSpan? FromSeconds(double seconds) =>
        Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;

    private static ListenAddress? AsAddress(ConfigValue value) => Typed(value) switch
    {
        ConfigInteger { Number: >= -1 and <= 65535 } port => new ListenAddress(null, (int)port.Number),
        ConfigString text => ListenAddress.TryParse(text.Text, out var address) ? address : null,
        _ => null,
    };

    private static string[]? AsStrings(ConfigValue value)
    {
        if (value is ConfigText text)
            return text.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (value is not ConfigArray array)
            return null;
        var items = array.Items.Select(AsString).OfType<string>().ToArray();
        return items.Length == array.Items.Count ? items : null;
    }

    /// <summary>
    /// The value, or what a text without a type means in the language. A text that is not in the language is a string:
    /// it will fit an option that takes strings and be reported by every other.
    /// </summary>
    private static ConfigValue Typed(ConfigValue value)
    {
        if (value is not ConfigText text)
            return value;
        try
        {
            return ConfigParser.ParseValue(text.Text, "text", NoContext, []);
        }
        catch (ConfigSyntaxException)
        {
            return new ConfigString(text.Text);
        }
    }
}
