using System.Text;
using System.Text.Json;
using Bayou.Silo.Configuration.Language;
using Bayou.Silo.Configuration.Schema;
using Microsoft.Extensions.Configuration;

namespace Bayou.Silo.Configuration;

/// <summary>
/// What .NET hosts read besides a server's own file: the section <c>Bayou</c> of <c>appsettings.json</c> in the working
/// directory, and environment variables that begin with <c>BAYOU__</c>. Their values have no types; each is read as
/// its option needs.
/// </summary>
internal sealed class HostLayers
{
    public const string SettingsFile = "appsettings.json";

    private const string Section = "Bayou";
    private const string VariablePrefix = "BAYOU__";

    private readonly IConfigurationRoot _settings;
    private readonly IConfigurationRoot _environment;

    private HostLayers(IConfigurationRoot settings, IConfigurationRoot environment) => (_settings, _environment) = (settings, environment);

    public static HostLayers Read(ConfigurationEnvironment environment, ConfigReport report) =>
        new(ReadSettings(environment, report), ReadVariables(environment));

    /// <summary>Lays them over the options, the environment last.</summary>
    public ServerOptions Apply(ServerOptions options, SchemaReader reader)
    {
        var settings = ConfigTree.FromSection(_settings.GetSection(Section), path => new ConfigOrigin($"{SettingsFile} {path}"));
        options = reader.Read(RootSchema.Root, settings, options);

        var variables = ConfigTree.FromSection(
            _environment,
            path => new ConfigOrigin($"environment variable {VariablePrefix}{path.Replace(":", "__", StringComparison.Ordinal)}"));
        return reader.Read(RootSchema.Root, variables, options);
    }

    public void AddTo(IConfigurationBuilder builder)
    {
        builder.AddInMemoryCollection(_settings.GetSection(Section).AsEnumerable(makePathsRelative: true));
        builder.AddInMemoryCollection(_environment.AsEnumerable());
    }

    private static IConfigurationRoot ReadSettings(ConfigurationEnvironment environment, ConfigReport report)
    {
        var builder = new ConfigurationBuilder();
        try
        {
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(environment.ReadFile(SettingsFile))));
            return builder.Build();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            // The file is optional.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException or JsonException or InvalidDataException)
        {
            report.AddError(new ConfigOrigin(SettingsFile), (failure.InnerException ?? failure).Message);
        }

        return new ConfigurationBuilder().Build();
    }

    private static IConfigurationRoot ReadVariables(ConfigurationEnvironment environment) => new ConfigurationBuilder()
        .AddInMemoryCollection(
            from variable in environment.Variables
            where variable.Key.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase)
            orderby variable.Key
            select new KeyValuePair<string, string?>(variable.Key[VariablePrefix.Length..].Replace("__", ":", StringComparison.Ordinal), variable.Value))
        .Build();
}
