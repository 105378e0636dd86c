using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Bayou.Gateway.Tls;
using Bayou.Silo.Configuration.Language;
using static Bayou.Silo.Configuration.Schema.OptionType;

namespace Bayou.Silo.Configuration.Schema;

/// <summary><c>tls { }</c>: of clients, and of other servers, for which there is none yet.</summary>
internal static class TlsSchema
{
    /// <summary>The keys for connections of clients.</summary>
    public static readonly OptionSchema<ServerOptions> Clients = new(
        // What --tls sets; that there is the block is what asks for TLS.
        Option.Boolean<ServerOptions>("enabled", static (options, _) => options),
        Tls<string>("cert_file", Option.String, (t, value) => t with { CertificateFile = value }),
        Tls<string>("key_file", Option.String, (t, value) => t with { KeyFile = value }),
        Tls<string>("ca_file", Option.String, (t, value) => t with { CaFile = value }),
        Tls<bool>("verify", Option.Boolean, (t, value) => t with { VerifyClients = value }),
        Tls<TimeSpan>("timeout", Option.Seconds, (t, value) => t with { Timeout = value }),
        Option.Checked<ServerOptions>("cipher_suites", Strings, SetCipherSuites),
        Option.Checked<ServerOptions>("min_version", OptionType.String, SetMinVersion),
        Option.Checked<ServerOptions>("pinned_certs", Strings, SetPinnedKeys),
        Option.Refused<ServerOptions>("verify_and_map", OptionType.Boolean),
        Option.Refused<ServerOptions>("verify_cert_and_check_known_urls", OptionType.Boolean),
        Option.Refused<ServerOptions>("ocsp_peer"),
        NotYet("insecure", OptionType.Boolean),
        NotYet("allow_insecure_cipher_suites", OptionType.Boolean),
        NotYet("curve_preferences", Strings),
        NotYet("connection_rate_limit", OptionType.Integer),
        NotYet("cert_store", OptionType.String),
        NotYet("cert_match_by", OptionType.String),
        NotYet("cert_match", OptionType.String),
        NotYet("cert_match_skip_invalid", OptionType.Boolean),
        NotYet("ca_certs_match"),
        NotYet("handshake_first").Or("first", "immediate"),
        NotYet("certs").Or("certificates"));

    /// <summary>The block for connections of clients. It asks for TLS by itself, be there nothing in it that is understood: then a certificate is missing.</summary>
    public static ConfigOption<ServerOptions> Block(OptionSchema<ServerOptions> keys) =>
        Option.Block<ServerOptions>("tls", keys, (options, entry, reader) => reader.ReadBlock(keys, entry, "tls", Set(options, static tls => tls)));

    /// <summary>The block for connections of other servers: its keys are checked alike, and it is refused.</summary>
    public static readonly ConfigOption<ServerOptions> Routes = Option.Block<ServerOptions>("tls", Clients, ReadRefused) with { Effect = OptionEffect.Refused };

    private static ServerOptions ReadRefused(ServerOptions options, ConfigEntry entry, SchemaReader reader)
    {
        reader.ReadBlock(Clients, entry, "tls", options);
        if (entry.Value is ConfigMap { Entries.Count: > 0 })
            reader.AddUnprotected(entry);
        return options;
    }

    private static ServerOptions SetCipherSuites(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var suites = new List<TlsCipherSuite>();
        foreach (var name in (string[])value)
        {
            if (TryParse(name, out var suite) || TryParse(name + "_SHA256", out suite))
                suites.Add(suite);
            else
                reader.AddError(entry, $"unrecognized cipher suite {name}");
        }

        return Set(options, tls => tls with { CipherSuites = suites });

        // Go calls some by less than their whole name.
        static bool TryParse(string name, out TlsCipherSuite suite) => Enum.TryParse(name, out suite) && string.Equals(suite.ToString(), name, StringComparison.Ordinal);
    }

    private static ServerOptions SetMinVersion(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        switch ((string)value)
        {
            case "1.2":
                return Set(options, static tls => tls with { Versions = SslProtocols.Tls12 | SslProtocols.Tls13 });
            case "1.3":
                return Set(options, static tls => tls with { Versions = SslProtocols.Tls13 });
            default:
                reader.AddError(entry, $"min_version must be \"1.2\" or \"1.3\", not \"{value}\"");
                return options;
        }
    }

    private static ServerOptions SetPinnedKeys(ServerOptions options, object value, ConfigEntry entry, SchemaReader reader)
    {
        var keys = (string[])value;
        foreach (var key in keys.Where(static key => key.Length != 2 * SHA256.HashSizeInBytes || !key.All(char.IsAsciiHexDigit)))
            reader.AddError(entry, $"pinned_certs are SHA-256 sums of public keys in hexadecimal, 64 digits; \"{key}\" is none");
        return Set(options, tls => tls with { PinnedKeys = keys });
    }

    private static ConfigOption<ServerOptions> Tls<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<TlsOptions, TValue, TlsOptions> set) =>
        make(name, (options, value) => Set(options, tls => set(tls, value)));

    private static ServerOptions Set(ServerOptions options, Func<TlsOptions, TlsOptions> set) =>
        options with { Gateway = options.Gateway with { Tls = set(options.Gateway.Tls ?? new TlsOptions()) } };

    private static ConfigOption<ServerOptions> NotYet(string name, OptionType type = Any) => Option.NotYet<ServerOptions>(name, type);
}
