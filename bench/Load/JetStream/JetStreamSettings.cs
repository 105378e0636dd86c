namespace Bayou.Load.JetStream;

/// <summary>How streams and consumers are made.</summary>
/// <param name="Storage"><c>file</c> or <c>memory</c>.</param>
/// <param name="Replicas">Copies in a cluster.</param>
/// <param name="MaxInFlight">Unacknowledged messages a consumer may have (<c>max_ack_pending</c>).</param>
/// <param name="IsPull">Pull consumer instead of push.</param>
/// <param name="PullBatch">Messages asked for ahead by a pull consumer.</param>
public sealed record JetStreamSettings(string Storage, int Replicas, int MaxInFlight, bool IsPull, int PullBatch);
