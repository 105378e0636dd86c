namespace Bayou.Import.Files;

/// <summary>A record whose checksum matched.</summary>
/// <param name="Offset">Where its header begins in the file.</param>
/// <param name="Type">What it is, in a file that says so; 0 in others.</param>
/// <param name="Body">A protobuf message.</param>
internal readonly record struct StoredRecord(long Offset, byte Type, byte[] Body);
