namespace Bayou.Gateway.Protocol;

/// <summary>What a client said in CONNECT, over the defaults that hold before it.</summary>
internal sealed record ConnectOptions
{
    public bool Verbose { get; init; } = true;

    public bool Pedantic { get; init; } = true;

    public bool Echo { get; init; } = true;

    public bool Headers { get; init; }

    public bool NoResponders { get; init; }

    public int Protocol { get; init; }

    public string? Name { get; init; }

    public string? Language { get; init; }

    public string? Version { get; init; }

    public string? User { get; init; }

    /// <summary>Who it says it is: by a key, if it gave one.</summary>
    public string? Login => string.IsNullOrEmpty(NKey) ? User : NKey;

    public string? Password { get; init; }

    public string? AuthToken { get; init; }

    /// <summary>The public key that it says to be the owner of.</summary>
    public string? NKey { get; init; }

    /// <summary>What it made of the server's nonce with the private one, in base64.</summary>
    public string? Signature { get; init; }

    public string? Account { get; init; }

    public bool NewAccount { get; init; }
}
