using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routing;

/// <summary>What became of one publish.</summary>
/// <param name="ReceiverCount">Subscriptions that got the message; 0 means that nobody was interested.</param>
/// <param name="MostPending">Of the receiving connections the one with most bytes waiting to be written; null where none received.</param>
public readonly record struct PublishOutcome(int ReceiverCount, Connection? MostPending);
