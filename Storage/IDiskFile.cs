namespace Bayou.Storage;

/// <summary>An open file of an <see cref="IDisk"/>. Reads and writes at given offsets may come from several threads.</summary>
public interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes were read.</summary>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when all that was written to this file, and its length, are durable.</summary>
    void Sync();

    /// <summary>Cuts the file, or extends it by a hole.</summary>
    void SetLength(long length);

    /// <summary>Extends the file by zeros that occupy real space, so that later writes there change no metadata.</summary>
    void Extend(long length);
}
