namespace Bayou.Grains.Metadata;

/// <summary>One row of grain state. Versions only grow, so a row that was removed and written again never repeats one.</summary>
public readonly record struct MetadataRow(ulong Version, ReadOnlyMemory<byte> Value);
