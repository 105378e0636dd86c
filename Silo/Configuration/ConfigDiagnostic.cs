using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration;

/// <summary>Something to tell the operator about a setting, with the place where it stands.</summary>
public readonly record struct ConfigDiagnostic(ConfigOrigin Origin, string Message)
{
    public override string ToString() => Origin.Source.Length == 0 ? Message : $"{Origin}: {Message}";
}
