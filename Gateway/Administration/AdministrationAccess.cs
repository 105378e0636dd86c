using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bayou.Gateway.Connections;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>
/// Who may change the cluster: whoever is on this machine, and, where that is allowed, whoever has the credentials that clients need.
/// A web page that somebody on this machine looks at is not somebody on this machine.
/// </summary>
internal sealed class AdministrationAccess(GatewayOptions options)
{
    /// <summary>Why a request may not change anything; null if it may.</summary>
    /// <param name="remote">Where it came from.</param>
    /// <param name="origin">The site that a browser sent it for; null or empty if no browser did.</param>
    /// <param name="authorization">Its credentials; null or empty without any.</param>
    public AdministrationRefusal? Refuse(IPAddress? remote, string? origin, string? authorization)
    {
        if (!string.IsNullOrEmpty(origin))
        {
            return new(StatusCodes.Status403Forbidden, "Web pages may look at the cluster, and not change it.");
        }

        if (remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote))
        {
            return null;
        }

        if (!options.AllowRemoteAdministration)
        {
            return new(StatusCodes.Status403Forbidden, "The cluster can be changed from the machine of one of its servers only, unless bayou { remote_admin: true } is set.");
        }

        return IsAuthorized(authorization) ? null : new(StatusCodes.Status401Unauthorized, "The user and password, or the token, of the authorization block are missing or wrong.");
    }

    private bool IsAuthorized(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header) || header.Parameter is not { } parameter)
        {
            return false;
        }

        if (options.User is { } user)
        {
            return header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
                && TryReadBasic(parameter, out var name, out var password)
                && name == user && Secret.IsSame(options.Password ?? "", password);
        }

        return options.AuthToken is { } token && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && Secret.IsSame(token, parameter);
    }

    private static bool TryReadBasic(string parameter, out string name, out string password)
    {
        (name, password) = ("", "");
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var count))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(bytes, 0, count).Split(':', 2);
        (name, password) = (parts[0], parts.ElementAtOrDefault(1) ?? "");
        return parts.Length == 2;
    }
}
