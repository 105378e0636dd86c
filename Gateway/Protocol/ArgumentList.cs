namespace Bayou.Gateway.Protocol;

/// <summary>The words of a control line after its verb.</summary>
internal ref struct ArgumentList
{
    /// <summary>The most that any verb takes is four; one more shows that there are too many.</summary>
    private const int Capacity = 5;

    private readonly ReadOnlySpan<byte> _line;
    private Bounds _bounds;

    public ArgumentList(ReadOnlySpan<byte> line)
    {
        _line = line;
        int start = -1;
        for (int i = 0; i < line.Length; i++)
        {
            byte value = line[i];
            if (value is (byte)' ' or (byte)'\t' or (byte)'\r')
            {
                if (start >= 0) Add(start, i);
                start = -1;
            }
            else if (start < 0)
            {
                start = i;
            }
        }

        if (start >= 0) Add(start, line.Length);
    }

    /// <summary>How many there are, counted no further than five.</summary>
    public int Count { get; private set; }

    public readonly ReadOnlySpan<byte> this[int index] => _line[_bounds[2 * index].._bounds[(2 * index) + 1]];

    private void Add(int start, int end)
    {
        if (Count == Capacity) return;
        _bounds[2 * Count] = start;
        _bounds[(2 * Count) + 1] = end;
        Count++;
    }

    [System.Runtime.CompilerServices.InlineArray(2 * Capacity)]
    private struct Bounds
    {
        private int _element;
    }
}
