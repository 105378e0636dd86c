using System.Globalization;
using System.Net;
using Bayou.Silo.Configuration;

namespace Bayou.Silo.Reloading;

/// <summary>What reloading a configuration comes to. It is all or nothing: one change that takes a restart keeps out the others.</summary>
/// <param name="Options">The options to go by from here on; null where the reload is refused.</param>
/// <param name="Changes">What changes, as nats-server says it; nothing that is secret.</param>
/// <param name="Refusal">Why it is refused; null where it is not.</param>
internal sealed record ReloadPlan(ServerOptions? Options, IReadOnlyList<string> Changes, string? Refusal)
{
    private const string Users = "Gateway.Users";
    private const string Gateway = "Gateway.";
    private const string Tls = Gateway + "Tls.";

    /// <summary>What can change while the server runs, and what it is called then. Whatever is not here takes a restart.</summary>
    private static readonly Dictionary<string, string> Reloadable = new(StringComparer.Ordinal)
    {
        [Users] = "authorization users",
        ["Gateway.User"] = "authorization username",
        ["Gateway.Password"] = "authorization password",
        ["Gateway.AuthToken"] = "authorization token",
        ["Gateway.AuthTimeout"] = "authorization timeout",
        ["Gateway.AllowRemoteAdministration"] = "remote_admin",
        ["Gateway.Tls.CertificateFile"] = "cert_file",
        ["Gateway.Tls.KeyFile"] = "key_file",
        ["Gateway.Tls.CaFile"] = "ca_file",
        ["Gateway.Tls.VerifyClients"] = "verify",
        ["Gateway.Tls.PinnedKeys"] = "pinned_certs",
        ["Gateway.Tls.Versions"] = "min_version",
        ["Gateway.Tls.CipherSuites"] = "cipher_suites",
        ["Gateway.MaxConnections"] = "max_connections",
        ["Gateway.MaxControlLineBytes"] = "max_control_line",
        ["Gateway.MaxPayloadBytes"] = "max_payload",
        ["Gateway.MaxPendingBytes"] = "max_pending",
        ["Gateway.MaxSubscriptions"] = "max_subscriptions",
        ["Gateway.MaxSubscriptionTokens"] = "max_sub_tokens",
        ["Gateway.PingInterval"] = "ping_interval",
        ["Gateway.MaxPingsOut"] = "ping_max",
        ["Gateway.WriteDeadline"] = "write_deadline",
        ["Gateway.LameDuckDuration"] = "lame_duck_duration",
        ["Gateway.LameDuckGracePeriod"] = "lame_duck_grace_period",
        ["Gateway.Trace"] = "trace",
        ["Gateway.MaxTracedMessageBytes"] = "max_traced_msg_len",
        ["Logging.Trace"] = "trace",
        ["Logging.Debug"] = "debug",
        ["Logging.LogTime"] = "logtime",
        ["Logging.LogTimeUtc"] = "logtime_utc",
        ["Logging.LogFile"] = "log_file",
        ["AllowUnprotected"] = "allow_unprotected",
    };

    private static readonly string[] Secrets = ["Gateway.User", "Gateway.Password", "Gateway.AuthToken", "Gateway.Cluster.Password", "Cluster.Password"];

    /// <summary>Compares what was loaded last with what has been loaded now.</summary>
    public static ReloadPlan Of(ServerOptions old, ServerOptions @new)
    {
        List<OptionDifference> differences = [.. OptionDifference.Between(old, @new)];
        foreach (var difference in differences)
        {
            if (!Reloadable.ContainsKey(difference.Name))
                return new ReloadPlan(null, [], Refuse(difference));
        }

        // Clients whose users are the same are left alone.
        var options = differences.Exists(static difference => difference.Name == Users)
            ? @new
            : @new with { Gateway = @new.Gateway with { Users = old.Gateway.Users } };
        var changes = differences.Where(static difference => !difference.Name.StartsWith(Tls, StringComparison.Ordinal)).Select(Describe);

        // Files of the same name may hold other certificates than before.
        if (options.Gateway.Tls is not null)
            changes = changes.Append("tls = enabled");
        return new ReloadPlan(options, [.. changes.Distinct(StringComparer.Ordinal)], null);
    }

    private static string Describe(OptionDifference difference) =>
        IsShown(difference) ? $"{Reloadable[difference.Name]} = {Format(difference.New)}" : Reloadable[difference.Name];

    private static string Refuse(OptionDifference difference)
    {
        var name = difference.Name.StartsWith(Gateway, StringComparison.Ordinal) ? difference.Name[Gateway.Length..] : difference.Name;
        var values = IsShown(difference) ? $": old={Format(difference.Old)}, new={Format(difference.New)}" : "";
        return $"config reload not supported for {name}{values}";
    }

    private static bool IsShown(OptionDifference difference) =>
        !Secrets.Contains(difference.Name) && IsPlain(difference.Old) && IsPlain(difference.New);

    /// <summary>Lists and records may hold passwords.</summary>
    private static bool IsPlain(object? value) => value is null or string or ValueType or IPAddress or EndPoint;

    private static string Format(object? value) => value switch
    {
        null => "",
        bool isOn => isOn ? "true" : "false",
        TimeSpan duration => GoDuration.Format(duration),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
