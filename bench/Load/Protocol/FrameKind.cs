namespace Bayou.Load.Protocol;

/// <summary>What the next bytes from the server are.</summary>
public enum FrameKind
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,
    Message,
    Ping,
    Pong,
    Ok,
    Info,
    Error,
}
