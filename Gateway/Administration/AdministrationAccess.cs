using System.Net;
using Microsoft.AspNetCore.Http;

namespace Bayou.Gateway.Administration;

/// <summary>
/// Who may change the cluster: whoever is on this machine, and, where that is allowed, whoever has the credentials that clients need.
/// A web page that somebody on this machine looks at is not somebody on this machine.
/// </summary>
internal sealed class AdministrationAccess(CurrentSettings settings)
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

        var options = settings.Options;
        if (!options.AllowRemoteAdministration)
        {
            return new(StatusCodes.Status403Forbidden, "The cluster can be changed from the machine of one of its servers only, unless bayou { remote_admin: true } is set.");
        }

        return new AdministratorCredentials(options).AreIn(authorization) ? null : new(StatusCodes.Status401Unauthorized, "The user and password, or the token, of the authorization block are missing or wrong.");
    }
}
