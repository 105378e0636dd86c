namespace Bayou.Grains.Interfaces;

/// <summary>What becomes of a client that connects under the id of another one.</summary>
public enum DuplicateClients
{
    /// <summary>The other one is asked whether it lives: it stays if it answers, and is replaced if not. As NATS Streaming does.</summary>
    Ask,

    /// <summary>The new one replaces the other, which learns of it with its next ping or publish.</summary>
    Replace,
}
