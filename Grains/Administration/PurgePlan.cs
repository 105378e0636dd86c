namespace Bayou.Grains.Administration;

/// <summary>What a purge leaves. Pure.</summary>
internal static class PurgePlan
{
    /// <summary>
    /// The sequence of the oldest message that stays, one more than the last if none does: settled once, so that what is published later stays, and
    /// a purge that is tried again removes nothing else.
    /// </summary>
    /// <param name="first">The oldest message; one more than <paramref name="last"/> if there is none.</param>
    /// <param name="last">The newest message.</param>
    /// <param name="before">What is below goes; null for everything.</param>
    /// <param name="keep">So many of the newest stay; null for none.</param>
    public static ulong FirstToStay(ulong first, ulong last, ulong? before, ulong? keep)
    {
        var end = last + 1;
        var wanted = keep is { } count ? end - Math.Min(count, end) : Math.Min(before ?? end, end);
        return Math.Max(first, wanted);
    }
}
