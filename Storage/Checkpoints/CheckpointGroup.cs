namespace Bayou.Storage.Checkpoints;

/// <param name="Group">What its owner gave.</param>
/// <param name="Channel">Its messages at the same log index.</param>
/// <param name="RecordBytes">Size of its record in the file.</param>
internal sealed record CheckpointGroup(GroupCheckpoint Group, ChannelManifest Channel, int RecordBytes);
