using Bayou.Records;
using Bayou.Simulation.Network;
using Bayou.Storage;

namespace Bayou.Simulation.Run;

/// <summary>
/// What a machine runs: the replica host of one silo on its store, or something that stands in for it. This is where the real host is
/// plugged in: everything it needs comes from its <see cref="SiloEnvironment"/>, and these calls are all that a run asks of it.
/// Each is made on the thread of the run, under the context of the program's process.
/// </summary>
public interface ISiloProgram : IVirtualEndpoint
{
    /// <summary>
    /// Opens what the disk holds. Runs where code may block, so that each sync takes its time. A
    /// <see cref="Storage.StorageCorruptException"/> says that the program refuses what it finds.
    /// </summary>
    void Open();

    /// <summary>Begins to work on what was opened.</summary>
    void Start();

    /// <summary>Ends in an orderly way.</summary>
    Task StopAsync();

    /// <summary>Publishes a batch, which is the program's from here on.</summary>
    Task<PublishReply> PublishAsync(string channel, Memory<byte> batch);

    /// <summary>Shows every message of a channel that is committed here, oldest first; false if this silo cannot show the channel.</summary>
    bool TryRead(string channel, Action<ulong, ReadOnlyMemory<byte>> onMessage);

    /// <summary>What the replica of a channel looks like; null if this silo has none.</summary>
    ReplicaView? ViewOf(string channel);

    /// <summary>The segments of a channel; none if this silo has no replica of it.</summary>
    IReadOnlyList<SegmentInfo> SegmentsOf(string channel);

    /// <summary>What it does for subscribers and operators; null if it does nothing for them, as in a run that has none.</summary>
    IChannelService? Service { get; }

    /// <summary>Nothing that this silo should hold is missing or damaged, as far as it knows.</summary>
    bool IsWhole { get; }

    /// <summary>Asks the leader of a channel, if it is here, to hand over.</summary>
    void TransferLeadership(string channel, string successor);

    /// <summary>Asks for other members of a channel's group, if its leader is here.</summary>
    void ChangeMembers(string channel, IReadOnlyList<string> silos);
}
