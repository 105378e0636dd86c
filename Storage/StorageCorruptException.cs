namespace Bayou.Storage;

/// <summary>Stored bytes are not what was written. Nothing has been deleted or cut because of it.</summary>
public sealed class StorageCorruptException(string path, long offset, string reason)
    : IOException($"{path}, offset {offset}: {reason}")
{
    /// <summary>File, relative to the data directory.</summary>
    public string Path { get; } = path;

    /// <summary>Where in the file the damage was seen, in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong there.</summary>
    public string Reason { get; } = reason;
}
