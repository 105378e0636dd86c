using Bayou.Grains.Replication.Peers.Wire;

namespace Bayou.Grains.Replication.Peers;

/// <summary>What arrives from other silos and concerns the silo rather than a group. Any thread.</summary>
internal interface IFrameReceiver
{
    /// <summary>A silo is heard for the first time, or was started anew since it was last heard.</summary>
    void OnSiloStarted(SiloNumber silo, HeardStart heard);

    /// <summary>A silo knows a start of this one that its data directory does not remember.</summary>
    void OnOutdated();

    void OnHeartbeat(SiloNumber from, Heartbeat heartbeat);

    /// <summary>Somebody says how it stands with its cluster; it may be a stranger.</summary>
    void OnFormation(string peer, FrameHeader header, Wire.Formation word);

    /// <summary>
    /// Somebody speaks as one of this cluster under a number that is nobody's here: he was of it, or has come to it since.
    /// </summary>
    void OnUnlisted(string peer, FrameHeader header);

    void OnCommand(SiloNumber from, Command command);

    void OnCommandResult(CommandResult result);

    void OnPublishAnswer(PublishAnswer answer);
}
