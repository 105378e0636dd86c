using Bayou.Grains.Channels.Log;

namespace Bayou.Grains.Channels;

/// <summary>
/// What a channel remembers of the batches of one gateway, so that one that is sent again is answered and not stored again.
/// Part of the channel's state: it goes only by an entry of the log.
/// </summary>
internal sealed class OriginState
{
    /// <summary>Results that are remembered: more than a gateway ever has under way at a time.</summary>
    private const int MaxResults = 32;

    private readonly Queue<(ulong Number, ulong FirstSequence)> _results = new();

    /// <summary>The highest number of a batch of this gateway in the channel.</summary>
    public ulong LastNumber { get; private set; }

    /// <summary>When that batch was stored, in Unix nanoseconds by the channel's own time.</summary>
    public long LastTimestamp { get; private set; }

    /// <summary>The first sequence that a batch was given, if it is in the channel and remembered.</summary>
    public bool TryFind(ulong number, out ulong firstSequence)
    {
        foreach (var result in _results)
        {
            if (result.Number == number)
            {
                firstSequence = result.FirstSequence;
                return true;
            }
        }

        firstSequence = 0;
        return false;
    }

    public void Add(ulong number, ulong firstSequence, long timestamp)
    {
        LastNumber = number;
        LastTimestamp = timestamp;
        _results.Enqueue((number, firstSequence));
        if (_results.Count > MaxResults)
        {
            _results.Dequeue();
        }
    }

    public static OriginState From(OriginRecord record)
    {
        var state = new OriginState { LastNumber = record.LastNumber, LastTimestamp = record.LastTimestamp };
        foreach (var result in record.Results)
        {
            state._results.Enqueue((result.Number, result.FirstSequence));
        }

        return state;
    }

    public OriginRecord ToRecord(ulong origin)
    {
        var record = new OriginRecord { Origin = origin, LastNumber = LastNumber, LastTimestamp = LastTimestamp };
        foreach (var (number, firstSequence) in _results)
        {
            record.Results.Add(new BatchResult { Number = number, FirstSequence = firstSequence });
        }

        return record;
    }
}
