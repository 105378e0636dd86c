namespace Bayou.Silo.Configuration.Schema;

/// <summary>What kind of value an option takes.</summary>
public enum OptionType
{
    /// <summary>true, false, yes, no, on, off.</summary>
    Boolean,

    /// <summary>A whole number; size suffixes apply.</summary>
    Integer,

    /// <summary>A text.</summary>
    String,

    /// <summary>A duration as Go writes it; a bare number counts seconds.</summary>
    Duration,

    /// <summary>A number of seconds, perhaps with a fraction, or a duration.</summary>
    Seconds,

    /// <summary>A port, or host:port.</summary>
    Address,

    /// <summary>A list of texts; from a text without a type, separated by commas.</summary>
    Strings,

    /// <summary>A map of options.</summary>
    Block,

    /// <summary>Whatever stands there; not looked into.</summary>
    Any,
}
