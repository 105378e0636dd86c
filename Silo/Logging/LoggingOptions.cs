namespace Bayou.Silo.Logging;

/// <summary>What the server logs, and where. Names are those of nats-server's configuration and flags.</summary>
public sealed record LoggingOptions
{
    /// <summary>Debugging output (<c>debug</c>, <c>-D</c>), the host's own log lines included.</summary>
    public bool Debug { get; init; }

    /// <summary>Every protocol line (<c>trace</c>, <c>-V</c>). Independent of <see cref="Debug"/>.</summary>
    public bool Trace { get; init; }

    /// <summary>Debugging output of the streaming side (<c>sd</c>, <c>-SD</c>).</summary>
    public bool StreamingDebug { get; init; }

    /// <summary>Every message of the streaming side (<c>sv</c>, <c>-SV</c>).</summary>
    public bool StreamingTrace { get; init; }

    /// <summary>Whether a line carries the time (<c>logtime</c>, <c>-T</c>). Default true.</summary>
    public bool LogTime { get; init; } = true;

    /// <summary>Whether the time is UTC rather than local (<c>logtime_utc</c>). Default false.</summary>
    public bool LogTimeUtc { get; init; }

    /// <summary>File that receives the log instead of standard error (<c>logfile</c>, <c>-l</c>); appended to.</summary>
    public string? LogFile { get; init; }
}
