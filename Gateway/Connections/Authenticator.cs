using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Decides whether what a client gave in CONNECT is enough.</summary>
internal sealed class Authenticator(GatewayOptions options)
{
    /// <summary>Whether clients must give credentials.</summary>
    public bool IsRequired => options.User is not null || options.AuthToken is not null;

    public bool Accepts(ConnectOptions connect)
    {
        // There is one account, and it has no name that a client may choose.
        if (connect.NewAccount || !string.IsNullOrEmpty(connect.Account)) return false;
        if (options.User is { } user) return user == connect.User && Secret.IsSame(options.Password ?? "", connect.Password ?? "");
        return options.AuthToken is not { } token || Secret.IsSame(token, connect.AuthToken ?? "");
    }
}
