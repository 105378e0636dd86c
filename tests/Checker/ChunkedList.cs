namespace Bayou.Checker;

/// <summary>A list that grows without moving what it holds. Slots that nobody has set are default.</summary>
internal sealed class ChunkedList<T>
    where T : struct
{
    private const int ChunkBits = 12;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<T[]> _chunks = [];

    /// <summary>One more than the highest position that was touched.</summary>
    public long Count { get; private set; }

    public ref T this[long position]
    {
        get
        {
            while (position >> ChunkBits >= _chunks.Count)
            {
                _chunks.Add(new T[ChunkLength]);
            }

            Count = Math.Max(Count, position + 1);
            return ref _chunks[(int)(position >> ChunkBits)][position & (ChunkLength - 1)];
        }
    }
}
