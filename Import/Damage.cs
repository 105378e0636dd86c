namespace Bayou.Import;

/// <summary>A place in the source that cannot be read.</summary>
/// <param name="File">The file, relative to the directory that it was found in.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Reason">What is wrong there, as the end of a sentence.</param>
public sealed record Damage(string File, long Offset, string Reason)
{
    public override string ToString() => $"{File} at {Offset}: {Reason}";
}
