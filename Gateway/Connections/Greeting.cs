namespace Bayou.Gateway.Connections;

/// <summary>What a client is told first.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Version">The version of the server's description.</param>
/// <param name="Nonce">What it is to sign if it has a key; null where no client has one.</param>
/// <param name="Line">The INFO line.</param>
internal sealed record Greeting(ConnectionId Id, long Version, string? Nonce, byte[] Line);
