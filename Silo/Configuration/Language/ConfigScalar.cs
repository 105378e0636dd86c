namespace Bayou.Silo.Configuration.Language;

/// <summary>What a simple value looked like, before it is given a meaning.</summary>
internal enum ScalarKind
{
    String,
    Boolean,
    Integer,
    Float,
    Date,
    Variable,
}

/// <summary>One simple value as the lexer found it.</summary>
internal readonly record struct ConfigScalar(ScalarKind Kind, string Text, ConfigOrigin Origin);
