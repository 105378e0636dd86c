using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Storage;

namespace Bayou.Grains.Replication.Snapshots;

/// <summary>
/// Fetches from another silo what an import lacks, piece by piece with a few pieces under way. Pieces that go astray are asked for
/// again. Runs on the group's worker.
/// </summary>
internal sealed class SegmentFetch
{
    /// <summary>A piece that is not here after so long is asked for again.</summary>
    private static readonly TimeSpan ChunkTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Pieces in a row that may go astray before the source is given up.</summary>
    private const int MaxTimeouts = 5;

    private readonly Replica _replica;
    private readonly ReplicaServices _services;
    private readonly SegmentImport _import;
    private readonly SiloNumber _source;
    private readonly Queue<SegmentRange> _missing = new();
    private readonly SortedDictionary<ulong, (SegmentRange Range, long Deadline)> _asked = [];
    private ulong _lastRequest;
    private int _timeouts;

    public SegmentFetch(Replica replica, ReplicaServices services, SegmentImport import, SiloNumber source)
    {
        _replica = replica;
        _services = services;
        _import = import;
        _source = source;

        // An answer to an earlier fetch must not be taken for one to this.
        _lastRequest = unchecked((ulong)services.Random.NextInt64());
        foreach (var range in import.Missing)
        {
            Cut(range);
        }

        Ask();
    }

    /// <summary>Everything is here.</summary>
    public bool IsComplete => _asked.Count == 0 && _missing.Count == 0;

    /// <summary>The source does not have it, or does not answer.</summary>
    public bool HasFailed { get; private set; }

    public void OnChunk(Chunk chunk)
    {
        if (HasFailed || !_asked.Remove(chunk.Request, out var asked))
        {
            return;
        }

        if (chunk.IsGone || chunk.Data.Length != asked.Range.Length)
        {
            HasFailed = true;
            return;
        }

        _timeouts = 0;
        _import.Write(asked.Range.SegmentFirst, asked.Range.Offset, chunk.Data.Span);
        Ask();
    }

    public void Tick()
    {
        var now = _services.Now;
        foreach (var (request, (range, deadline)) in _asked.ToArray())
        {
            if (deadline <= now)
            {
                _asked.Remove(request);
                HasFailed |= ++_timeouts > MaxTimeouts;
                Ask(range);
            }
        }
    }

    private void Cut(SegmentRange range)
    {
        for (var at = 0L; at < range.Length; at += _services.Options.ChunkBytes)
        {
            _missing.Enqueue(new SegmentRange(range.SegmentFirst, range.Offset + at, Math.Min(_services.Options.ChunkBytes, range.Length - at)));
        }
    }

    private void Ask()
    {
        while (_asked.Count < _services.Options.ChunksUnderWay && _missing.TryDequeue(out var range))
        {
            Ask(range);
        }
    }

    private void Ask(SegmentRange range)
    {
        var request = ++_lastRequest;
        _asked.Add(request, (range, _services.Now + ChunkTimeout.Ticks));
        _replica.Send(_source, PeerLane.Control, FrameItem.ChunkRequest, new ChunkRequest
        {
            Group = _replica.Group.Value,
            Request = request,
            Segment = range.SegmentFirst,
            Offset = range.Offset,
            Length = (int)range.Length,
        });
    }
}
