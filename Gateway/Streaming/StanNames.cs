using System.Buffers;

namespace Bayou.Gateway.Streaming;

/// <summary>Which names the STAN protocol accepts.</summary>
internal static class StanNames
{
    private static readonly SearchValues<char> ClientIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<byte> ForbiddenInChannels = SearchValues.Create("/*>"u8);

    public static bool IsClientId(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(ClientIdCharacters);

    /// <summary>A literal subject without empty tokens; a space is allowed, a slash is not.</summary>
    public static bool IsChannel(ReadOnlySpan<byte> name) =>
        !name.IsEmpty
        && name[0] != (byte)'.'
        && name[^1] != (byte)'.'
        && name.IndexOf(".."u8) < 0
        && !name.ContainsAny(ForbiddenInChannels);
}
