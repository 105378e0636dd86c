namespace Bayou.Storage.Checkpoints;

/// <summary>Where a group's record lies in a checkpoint file.</summary>
internal readonly record struct CheckpointSlot(int Offset, int Length);
