namespace Bayou.Gateway.Routes;

/// <summary>A subject with a queue group as one key: neither holds a blank, so a blank between them tells them apart.</summary>
internal static class InterestKey
{
    public static byte[] Of(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup) =>
        queueGroup.IsEmpty ? subject.ToArray() : [.. subject, (byte)' ', .. queueGroup];

    /// <summary>Takes a key apart; the queue group is empty where there is none.</summary>
    public static void Split(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> subject, out ReadOnlySpan<byte> queueGroup)
    {
        int blank = key.IndexOf((byte)' ');
        subject = blank < 0 ? key : key[..blank];
        queueGroup = blank < 0 ? default : key[(blank + 1)..];
    }
}
