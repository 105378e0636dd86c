using System.Text.Json;

namespace Bayou.Gateway.Protocol;

/// <summary>Reads the JSON of CONNECT. Names are matched in any case, null and unknown fields change nothing, a wrong type is an error.</summary>
internal static class ConnectReader
{
    /// <summary>Reads over what holds already, for a second CONNECT keeps what it does not mention.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, ref ConnectOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read()) return false;
            if (reader.TokenType == JsonTokenType.Null) return !reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            ConnectOptions read = options;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!.ToLowerInvariant();
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null) continue;
                read = ReadField(name, ref reader, read);
            }

            if (reader.Read()) return false;
            options = read;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The reader's way of saying that this is not JSON, or not of the expected type: the client's mistake.
            return false;
        }
    }

    private static ConnectOptions ReadField(string name, ref Utf8JsonReader reader, ConnectOptions options)
    {
        switch (name)
        {
            case "verbose": return options with { Verbose = reader.GetBoolean() };
            case "pedantic": return options with { Pedantic = reader.GetBoolean() };
            case "echo": return options with { Echo = reader.GetBoolean() };
            case "headers": return options with { Headers = reader.GetBoolean() };
            case "no_responders": return options with { NoResponders = reader.GetBoolean() };
            case "protocol": return options with { Protocol = reader.GetInt32() };
            case "name": return options with { Name = reader.GetString() };
            case "lang": return options with { Language = reader.GetString() };
            case "version": return options with { Version = reader.GetString() };
            case "user": return options with { User = reader.GetString() };
            case "pass": return options with { Password = reader.GetString() };
            case "auth_token": return options with { AuthToken = reader.GetString() };
            case "account": return options with { Account = reader.GetString() };
            case "new_account": return options with { NewAccount = reader.GetBoolean() };
            case "tls_required":
                reader.GetBoolean();
                return options;
            case "nkey": return options with { NKey = reader.GetString() };
            case "sig": return options with { Signature = reader.GetString() };
            case "jwt":
                // Not supported, but a wrong type is a mistake all the same.
                reader.GetString();
                return options;
            default:
                reader.Skip();
                return options;
        }
    }
}
