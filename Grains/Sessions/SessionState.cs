using Bayou.Grains.Interfaces.Identity;

namespace Bayou.Grains.Sessions;

/// <summary>What is kept of a client id while its session is open.</summary>
[GenerateSerializer, Alias("Bayou.SessionState")]
public sealed class SessionState
{
    /// <summary>Grows from one session of a client id to the next.</summary>
    [Id(0)] public ulong Epoch { get; set; }

    [Id(1)] public bool IsOpen { get; set; }

    [Id(2)] public string HeartbeatInbox { get; set; } = string.Empty;

    [Id(3)] public string ConnIdHex { get; set; } = string.Empty;

    [Id(4)] public int Protocol { get; set; }

    [Id(5)] public int PingInterval { get; set; }

    [Id(6)] public int PingMaxOut { get; set; }

    /// <summary>Channels on which the session has, or had, subscriptions.</summary>
    [Id(7)] public HashSet<string> Channels { get; set; } = [];

    /// <summary>
    /// Of a session that was imported: where its client acknowledges, as another server told it, and the ack inbox of this one that
    /// stands for it.
    /// </summary>
    [Id(8)] public Dictionary<string, string> AckInboxes { get; set; } = [];

    public ConnId ConnId => new(ConnIdHex);
}
