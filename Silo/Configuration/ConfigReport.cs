using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration;

/// <summary>
/// What was noticed while a configuration was read. Nothing stops at the first mistake: an operator sees all of them at
/// once.
/// </summary>
public sealed class ConfigReport
{
    private readonly List<ConfigDiagnostic> _errors = [];
    private readonly List<ConfigDiagnostic> _warnings = [];
    private readonly List<ConfigDiagnostic> _withoutEffect = [];
    private readonly List<ConfigDiagnostic> _unprotected = [];
    private readonly Dictionary<string, ConfigOrigin> _origins = new(StringComparer.Ordinal);

    public IReadOnlyList<ConfigDiagnostic> Errors => _errors;

    public IReadOnlyList<ConfigDiagnostic> Warnings => _warnings;

    /// <summary>Settings that are known, were set, and do nothing yet. The message is the setting's name.</summary>
    public IReadOnlyList<ConfigDiagnostic> WithoutEffect => _withoutEffect;

    /// <summary>Those of them that ask for protection. Ignoring them would leave open what the operator closed.</summary>
    public IReadOnlyList<ConfigDiagnostic> Unprotected => _unprotected;

    public void AddError(ConfigOrigin origin, string message) => _errors.Add(new(origin, message));

    public void AddWarning(ConfigOrigin origin, string message) => _warnings.Add(new(origin, message));

    public void AddWithoutEffect(ConfigOrigin origin, string name) => _withoutEffect.Add(new(origin, name));

    public void AddUnprotected(ConfigOrigin origin, string name) => _unprotected.Add(new(origin, name));

    /// <summary>Remembers where a setting got its value, so that a rule about several settings can name the place.</summary>
    public void SetOrigin(string path, ConfigOrigin origin) => _origins[path] = origin;

    /// <summary>Where a setting got its value last; <see cref="ConfigOrigin.None"/> for a default.</summary>
    public ConfigOrigin OriginOf(string path) => _origins.GetValueOrDefault(path, ConfigOrigin.None);
}
