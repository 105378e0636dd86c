namespace Bayou.TestKit;

/// <summary>Names that no other test uses.</summary>
public static class UniqueName
{
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];
    private static int _last;

    public static string Next(string prefix) => $"{prefix}-{Run}-{Interlocked.Increment(ref _last):D9}";

    public static string Inbox() => "_INBOX." + Next("t");
}
