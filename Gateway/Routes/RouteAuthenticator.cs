using Bayou.Gateway.Authorization;

namespace Bayou.Gateway.Routes;

/// <summary>Decides whether what a server gave in CONNECT is enough.</summary>
internal sealed class RouteAuthenticator(ClusterOptions options)
{
    /// <summary>Whether servers that dial this one must give credentials.</summary>
    public bool IsRequired => options.User is not null;

    public TimeSpan Timeout => options.AuthTimeout;

    public bool Accepts(RouteConnect connect) =>
        options.User is not { } user || (user == connect.User && Secret.IsSame(options.Password ?? "", connect.Password ?? ""));
}
