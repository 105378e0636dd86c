namespace Bayou.Storage.Journal;

/// <summary>
/// Bad places of the journal until it is clear what they were. The next batch that can be read tells: if it has the number of a
/// bad one, that one was left out at an earlier start because it was never finished; if its number is higher, the batches
/// between were durable and are lost.
/// </summary>
internal sealed class JournalLosses(ulong siloSeed, JournalReplay replay, DamageLog damage, JournalPosition start)
{
    private readonly List<BadBatch> _bad = [];

    /// <summary>What follows the last batch that was read.</summary>
    public JournalPosition Next { get; private set; } = start;

    public void Add(BadBatch bad) => _bad.Add(bad);

    /// <summary>A whole batch was found: settles what lies between it and the one before.</summary>
    public void Follow(in BatchHeader header, string path, long offset)
    {
        if (header.Batch != Next.Batch || header.PreviousCrc != Next.PreviousCrc)
        {
            if (!_bad.Exists(bad => bad.IsCertain))
            {
                damage.Found(_bad.FindLast(bad => bad.Damage is not null)?.Damage ?? new StorageCorruptException(
                    path, offset, $"batch {header.Batch} does not follow batch {Next.Batch - 1}: batches before it are missing"));
            }

            Lose(_bad, header.Batch - Next.Batch, header.PreviousCrc);
        }

        _bad.Clear();
        Next = new JournalPosition(header.File, header.Batch + 1, header.HeaderCrc);
    }

    /// <summary>
    /// The journal ends: what was never finished is left out, and what may have been durable counts as lost. The batch after it gets
    /// a higher number, so that the next start sees the loss too.
    /// </summary>
    public void End()
    {
        _bad.RemoveAll(bad => !bad.MayBeLoss);
        if (_bad.Count == 0)
        {
            return;
        }

        if (_bad.FindLast(bad => !bad.IsCertain) is { } unclear)
        {
            damage.Found(unclear.Damage!);
        }

        var known = _bad.Max(bad => bad.Header?.Batch ?? 0);
        var count = Math.Max((ulong)_bad.Count, known < Next.Batch ? 0 : known - Next.Batch + 1);
        Lose(_bad, count, successor: null);
        Next = new JournalPosition(Next.File, Next.Batch + count, _bad[^1].Header?.HeaderCrc ?? 0);
        _bad.Clear();
    }

    /// <summary>A batch has its place and its number, and its records cannot be read.</summary>
    public void Lose(DirectoryEntry[]? directory)
    {
        if (directory is null)
        {
            replay.LoseUnknown();
        }
        else
        {
            Array.ForEach(directory, write => replay.Lose(write));
        }
    }

    /// <summary>Tells the groups: those named by a directory that can be read, or all of them.</summary>
    private void Lose(List<BadBatch> bad, ulong count, uint? successor)
    {
        var named = new HashSet<ulong>();
        foreach (var batch in bad)
        {
            if (batch is { Header.Batch: var number, Directory: { } directory } && number >= Next.Batch && number - Next.Batch < count)
            {
                named.Add(number);
                Array.ForEach(directory, write => replay.Lose(write));
            }
        }

        var isAllNamed = count > 0 && (ulong)named.Count == count;
        if (!isAllNamed && !(count == 1 && bad.Exists(batch => WasEmpty(batch, successor))))
        {
            replay.LoseUnknown();
        }
    }

    /// <summary>
    /// Batches that seal or close a file hold nothing, so that their header follows from their place. If the next batch names the
    /// checksum of such a header, nothing is lost.
    /// </summary>
    private bool WasEmpty(BadBatch bad, uint? successor)
    {
        var position = Next with { File = bad.File };
        return successor == BatchEncoder.EmptyHeaderCrc(siloSeed, position, bad.Offset, BatchFlags.Seal)
            || successor == BatchEncoder.EmptyHeaderCrc(siloSeed, position, bad.Offset, BatchFlags.Roll);
    }
}
