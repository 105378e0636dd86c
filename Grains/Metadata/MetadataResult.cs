using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Records;
using Google.Protobuf;

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

    /// <summary>The number given to a silo that was taken in.</summary>
    internal SiloNumber Silo { get; private init; }

    public static MetadataResult Of(GroupId group) => new() { Group = group };

    public static MetadataResult Of(ulong version) => new() { Version = version };

    public static MetadataResult Refused(string error) => new() { Error = error };

    public static MetadataResult Conflict(ulong version) => new() { IsConflict = true, Version = version };

    internal static MetadataResult Of(SiloNumber silo) => new() { Silo = silo };

    internal static MetadataResult Decode(ReadOnlyMemory<byte> bytes)
    {
        var reply = MetadataReply.Parser.ParseFrom(bytes.Span);
        return new MetadataResult
        {
            Error = reply.Error.Length > 0 ? reply.Error : null,
            IsConflict = reply.IsConflict,
            Version = reply.Version,
            Group = new GroupId(reply.Group),
            Silo = new SiloNumber(reply.Silo),
        };
    }

    internal byte[] Encode() => new MetadataReply
    {
        Error = Error ?? string.Empty,
        IsConflict = IsConflict,
        Version = Version,
        Group = Group.Value,
        Silo = Silo.Value,
    }.ToByteArray();
}
