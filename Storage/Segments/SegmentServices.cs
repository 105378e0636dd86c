namespace Bayou.Storage.Segments;

/// <summary>What all channels of a silo share.</summary>
internal sealed record SegmentServices(StorageOptions Options, OpenFiles Files, TailCache Tails, CondemnedFiles Condemned);
