namespace Bayou.Silo.Configuration.Schema;

/// <summary>Whether setting an option does something today.</summary>
public enum OptionEffect
{
    /// <summary>It does.</summary>
    Effective,

    /// <summary>It is read and checked, and named in one warning at start.</summary>
    NotYet,

    /// <summary>It asks for protection that is not there: refused unless <c>bayou { allow_unprotected: true }</c>.</summary>
    Refused,

    /// <summary>It asks for another kind of server than there is: always refused.</summary>
    Unavailable,
}
