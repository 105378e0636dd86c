using System.Text.Json;

namespace Bayou.Load.Nats;

/// <summary>Where a server listens and how to log in: <c>nats://[user[:password]@]host[:port]</c>, or <c>nats://token@host</c>.</summary>
public sealed record ServerUrl(string Host, int Port, string? User, string? Password)
{
    public static ServerUrl Parse(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "nats://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new LoadException($"'{text}' is not a server address such as nats://127.0.0.1:4222.");

        string[] login = uri.UserInfo.Split(':', 2);
        return new ServerUrl(
            uri.Host,
            uri.Port > 0 ? uri.Port : 4222,
            login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : null,
            login.Length == 2 ? Uri.UnescapeDataString(login[1]) : null);
    }

    /// <summary>The fields of <c>CONNECT</c> that log in, as JSON members with a leading comma, or nothing.</summary>
    public string LoginFields()
    {
        if (User is null)
            return "";
        return Password is null
            ? $",\"auth_token\":{Quote(User)}"
            : $",\"user\":{Quote(User)},\"pass\":{Quote(Password)}";
    }

    public override string ToString() => $"nats://{Host}:{Port}";

    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
