using Bayou.Records;

namespace Bayou.Grains.Metadata;

/// <summary>What a metadata command came to.</summary>
public sealed record MetadataResult
{
    /// <summary>Text for the client whose request was refused.</summary>
    public string? Error { get; private init; }

    /// <summary>The row had another version than expected; <see cref="Version"/> is the one it has.</summary>
    public bool IsConflict { get; private init; }

    public ulong Version { get; private init; }

    public GroupId Group { get; private init; }

    public static MetadataResult Of(GroupId group) => new() { Group = group };

    public static MetadataResult Of(ulong version) => new() { Version = version };

    public static MetadataResult Refused(string error) => new() { Error = error };

    public static MetadataResult Conflict(ulong version) => new() { IsConflict = true, Version = version };
}
