namespace Bayou.Silo.Configuration;

/// <summary>This server's part in a cluster of streaming servers: the <c>streaming { cluster { } }</c> block of NATS Streaming.</summary>
public sealed record PeerOptions
{
    /// <summary>
    /// The name under which its peers know this server (<c>node_id</c>). It must be the server's for as long as its directory lasts;
    /// one that was not given is made of the directory's identity.
    /// </summary>
    public string NodeId { get; init; } = string.Empty;

    /// <summary>The names of those that form the cluster together with this server (<c>peers</c>).</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>Forms a cluster alone, which others join later (<c>bootstrap</c>). Default false.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>These options of a server with that data directory.</summary>
    public PeerOptions For(Guid directory) => NodeId.Length > 0 ? this : this with { NodeId = directory.ToString("N") };
}
