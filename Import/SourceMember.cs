namespace Bayou.Import;

/// <summary>A receiver of a subscription.</summary>
/// <param name="Client">Its client's id; empty for the last one of a durable queue group that has none.</param>
/// <param name="Inbox">Where it gets messages.</param>
/// <param name="AckInbox">Where it acknowledges them.</param>
/// <param name="MaxInFlight">Messages that it takes without acknowledging any.</param>
/// <param name="AckWaitSeconds">How long it may take to acknowledge one.</param>
public sealed record SourceMember(string Client, string Inbox, string AckInbox, int MaxInFlight, int AckWaitSeconds);
