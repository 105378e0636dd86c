namespace Bayou.ProcessTests.Tracing;

/// <summary>When in the life of a server something happens.</summary>
internal enum ServerPhase
{
    /// <summary>Its first start, in an empty directory.</summary>
    FirstStart,

    /// <summary>A start on what an orderly stop has left.</summary>
    NextStart,

    /// <summary>A start on what a SIGKILL has left.</summary>
    StartAfterKill,

    /// <summary>While clients publish.</summary>
    Serving,

    /// <summary>After SIGTERM.</summary>
    Stopping,
}
