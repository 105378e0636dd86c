namespace Bayou.ClusterTests.Chaos;

/// <summary>Changes bytes in the files of a stopped node: a bit, a block of zeros, or a missing end.</summary>
internal static class FileDamage
{
    private const int BlockBytes = 4096;
    private const int ChangesPerCall = 8;

    /// <summary>How many changes have been made in this process.</summary>
    public static int Count { get; private set; }

    /// <summary>Damages journal and segments; the server keeps two copies of the rest, and more than one of them may not go at once.</summary>
    public static void Apply(string directory, Random random)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .Where(static file => file.EndsWith(".log", StringComparison.Ordinal) || file.EndsWith(".seg", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        for (int i = 0; i < ChangesPerCall && files.Length > 0; i++) Change(files[random.Next(files.Length)], random);
    }

    private static void Change(string path, Random random)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        long used = UsedBytes(file);
        if (used == 0) return;
        long offset = random.NextInt64(used);
        file.Position = offset;
        switch (random.Next(3))
        {
            case 0:
                int before = file.ReadByte();
                file.Position = offset;
                file.WriteByte((byte)(before ^ (1 << random.Next(8))));
                break;
            case 1:
                file.Write(new byte[Math.Min(BlockBytes, used - offset)]);
                break;
            default:
                file.SetLength(offset);
                break;
        }

        Count++;
    }

    /// <summary>Files are made longer than what they hold; damage to the rest would be none.</summary>
    private static long UsedBytes(FileStream file)
    {
        byte[] block = new byte[64 * BlockBytes];
        long end = file.Length;
        while (end > 0)
        {
            long begin = Math.Max(0, end - block.Length);
            file.Position = begin;
            int count = file.ReadAtLeast(block, (int)(end - begin));
            int last = block.AsSpan(0, count).LastIndexOfAnyExcept((byte)0);
            if (last >= 0) return begin + last + 1;
            end = begin;
        }

        return 0;
    }
}
