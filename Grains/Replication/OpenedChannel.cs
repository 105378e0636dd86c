using Bayou.Grains.Channels;

namespace Bayou.Grains.Replication;

/// <summary>A channel of this silo, or the error text for the client that asked for it.</summary>
public readonly record struct OpenedChannel(ChannelReplica? Channel, string? Error);
