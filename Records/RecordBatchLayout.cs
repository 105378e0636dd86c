namespace Bayou.Records;

/// <summary>
/// Where each field of a record batch lies. All numbers are little endian.
/// <code>
/// batch header, 64 bytes                          record, 28 bytes and its parts
///   0  u8  kind = 'B'                               0  u32 length of the record, this header included
///   1  u8  version = 1                              4  u32 CRC-32C of bytes 12..length
///   2  u16 flags, 0                                 8  u8  0, or 0xA5 if skipped (may change, so outside the CRC)
///   4  u32 length of the batch, header included     9  u8, u16 zero
///   8  u32 number of records                       12  u16 subject length (0: the channel's own name)
///  12  u32 CRC-32C of the header, this field 0     14  u16 reply length
///  16  u64 sequence of the first record      (L)   16  u16 message id length
///  24  i64 timestamp, Unix nanoseconds       (L)   18  u16 zero
///  32  u64 term of the leader that stamped   (L)   20  u32 headers length
///  40  u64 origin: the gateway that built it       24  u32 payload length
///  48  u64 number of the batch within origin       28  subject, reply, message id, headers, payload
///  56  u32 accounted bytes, see Accounting   (L)
///  60  u32 batches of origin that were under way when this one was sent
/// </code>
/// The gateway writes everything but the fields marked (L), which the leader of the channel stamps. The header's CRC follows the
/// stamp; the records' CRCs cover only what never changes, so disk, replicas and delivery pass on the gateway's bytes.
/// </summary>
internal static class RecordBatchLayout
{
    public const byte Kind = (byte)'B';
    public const byte FormatVersion = 1;
    public const int HeaderBytes = 64;
    public const int LengthOffset = 4;
    public const int CountOffset = 8;
    public const int HeaderCrcOffset = 12;
    public const int BaseSequenceOffset = 16;
    public const int TimestampOffset = 24;
    public const int TermOffset = 32;
    public const int OriginOffset = 40;
    public const int BatchNumberOffset = 48;
    public const int AccountedBytesOffset = 56;
    public const int AheadOffset = 60;

    public const int RecordHeaderBytes = 28;
    public const int RecordCrcOffset = 4;
    public const int RecordFlagsOffset = 8;
    public const int RecordCrcStart = 12;
    public const int SubjectLengthOffset = 12;
    public const int ReplyLengthOffset = 14;
    public const int MessageIdLengthOffset = 16;
    public const int HeadersLengthOffset = 20;
    public const int PayloadLengthOffset = 24;
    public const byte SkippedMark = 0xA5;
}
