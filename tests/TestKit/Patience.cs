namespace Bayou.TestKit;

/// <summary>How long the tests wait for what must happen, and for what must not.</summary>
public static class Patience
{
    /// <summary>For an event that must come. Generous: a machine may be busy with something else.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>For an event that must not come.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(400);
}
