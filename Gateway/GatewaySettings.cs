using Bayou.Gateway.Authorization;
using Bayou.Gateway.Tls;

namespace Bayou.Gateway;

/// <summary>What the server goes by at one time: its options, and what was made of them. It is replaced as a whole and never changed.</summary>
public sealed record GatewaySettings
{
    private GatewaySettings(GatewayOptions options, Authenticator authenticator)
    {
        Options = options;
        Authenticator = authenticator;
        Tls = options.Tls is { } tls ? new TlsHandshake(tls) : null;
    }

    /// <summary>The options.</summary>
    public GatewayOptions Options { get; }

    /// <summary>Who may be a client. The same one for as long as the users are the same.</summary>
    internal Authenticator Authenticator { get; }

    /// <summary>How connections of clients are encrypted; null for not at all.</summary>
    internal TlsHandshake? Tls { get; }

    /// <summary>When they took the place of others; null for those of the start.</summary>
    internal DateTimeOffset? LoadTime { get; init; }

    /// <summary>The settings that these options make.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read; the message is for an operator.</exception>
    public static GatewaySettings Of(GatewayOptions options) => new(options, new Authenticator(options));

    /// <summary>The settings that follow these ones.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    internal GatewaySettings Next(GatewayOptions options) => new(options, HaveSameUsers(options, Options) ? Authenticator : new Authenticator(options));

    private static bool HaveSameUsers(GatewayOptions one, GatewayOptions other) =>
        ReferenceEquals(one.Users, other.Users) && one.User == other.User && one.Password == other.Password && one.AuthToken == other.AuthToken;
}
