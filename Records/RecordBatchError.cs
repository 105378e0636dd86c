namespace Bayou.Records;

/// <summary>Every way in which bytes can fail to be a record batch.</summary>
public enum RecordBatchError
{
    None,

    /// <summary>Fewer bytes than a header, or than the header's length says.</summary>
    Truncated,

    /// <summary>The first bytes are not those of a record batch of a version known here.</summary>
    NotABatch,

    /// <summary>The header's checksum does not match.</summary>
    HeaderChecksum,

    /// <summary>The records do not fill the batch exactly, or a record's parts do not fill the record.</summary>
    Structure,

    /// <summary>A record's checksum does not match.</summary>
    RecordChecksum,
}
