using System.Net.Http.Headers;
using System.Text;
using Bayou.Gateway.Authorization;

namespace Bayou.Gateway.Administration;

/// <summary>
/// What administrators give over HTTP: the user and password, or the token, that clients give in CONNECT. Of several users those are
/// administrators who may do everything as clients, too.
/// </summary>
public sealed class AdministratorCredentials(GatewayOptions options)
{
    /// <summary>Whether they must be given where the request does not come from this machine. There may be nobody who has them.</summary>
    public bool Exist => options.IsLoginRequired;

    /// <summary>Whether somebody has them.</summary>
    public static bool AnybodyHas(GatewayOptions options) =>
        options is { User: not null } or { AuthToken: not null } || options.Users.Any(CanGive);

    /// <summary>
    /// Whether an <c>Authorization</c> header has them: as <c>Basic</c>, or the token as <c>Bearer</c>. A browser can only ask for a user and a
    /// password, so the token may also be the password of any user.
    /// </summary>
    public bool AreIn(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header) || header.Parameter is not { } parameter)
        {
            return false;
        }

        if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return TryReadBasic(parameter, out var name, out var password)
                && SecretOf(name) is { } secret
                && Secret.IsSame(secret, password);
        }

        return options is { User: null, AuthToken: { } token } && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && Secret.IsSame(token, parameter);
    }

    /// <summary>What an administrator of this name must give; null where there is none.</summary>
    private string? SecretOf(string name)
    {
        if (options.AuthToken is { } token)
        {
            return token;
        }

        if (options.User is { } user)
        {
            return name == user ? options.Password ?? "" : null;
        }

        return options.Users.FirstOrDefault(one => one.Name == name && CanGive(one))?.Password;
    }

    /// <summary>Of those who may do everything, who has a password: nothing is signed over HTTP.</summary>
    private static bool CanGive(GatewayUser user) => user is { IsKey: false, Permissions.AreUnrestricted: true };

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
