using System.Collections;
using System.Net;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration;

/// <summary>What loading a configuration needs of the world, so that a test can be the world.</summary>
public sealed record ConfigurationEnvironment
{
    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The text of a file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public Func<string, string> ReadFile { get; init; } = path => throw new FileNotFoundException(null, path);

    /// <summary>The address of a host name; null where it has none.</summary>
    public Func<string, IPAddress?> ResolveHost { get; init; } = _ => null;

    /// <summary>This process's environment, its disk and its resolver.</summary>
    public static ConfigurationEnvironment OfProcess() => new()
    {
        Variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal),
        ReadFile = File.ReadAllText,
        ResolveHost = ResolveByDns,
    };

    internal ConfigReadContext ReadContext => new(name => Variables.GetValueOrDefault(name), ReadFile);

    private static IPAddress? ResolveByDns(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).FirstOrDefault();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
