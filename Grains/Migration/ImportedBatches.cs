using Bayou.Grains.Channels;
using Bayou.Records;

namespace Bayou.Grains.Migration;

/// <summary>Encodes imported messages as the batches that a leader would have stamped: one time for each batch, so messages of one time go together.</summary>
internal static class ImportedBatches
{
    /// <summary>About what gateways send at a time.</summary>
    private const int TargetBytes = 64 * 1024;

    public static IEnumerable<RecordBatch> Encode(IEnumerable<ChannelPlace> places, int nameBytes, ulong term)
    {
        var builder = new RecordBatchBuilder();
        var first = default(ChannelPlace);
        foreach (var place in places)
        {
            if (builder.Count > 0 && (place.Message.Timestamp != first.Message.Timestamp || builder.Length >= TargetBytes))
            {
                yield return Complete(builder, first, nameBytes, term);
            }

            if (builder.Count == 0)
            {
                first = place;
            }

            if (place.IsMissing)
            {
                builder.AddSkipped();
            }
            else
            {
                builder.Add([], place.Message.ReplyTo.Span, [], [], place.Message.Data.Span);
            }
        }

        if (builder.Count > 0)
        {
            yield return Complete(builder, first, nameBytes, term);
        }
    }

    private static RecordBatch Complete(RecordBatchBuilder builder, in ChannelPlace first, int nameBytes, ulong term)
    {
        var (sequence, timestamp) = (first.Message.Sequence, first.Message.Timestamp);
        var bytes = builder.Build(origin: 0, batchNumber: 0);
        RecordBatchStamp.Apply(bytes, sequence, timestamp, term, accountedBytes: 0);
        RecordBatchStamp.Apply(bytes, sequence, timestamp, term, Accounting.SizeOf(ChannelReplica.Read(bytes), nameBytes));
        return ChannelReplica.Read(bytes);
    }
}
