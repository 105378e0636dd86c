namespace Bayou.Simulation.Run;

/// <summary>What a silo answers to a batch.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="FirstSequence">Sequence of its first message, if it is stored.</param>
/// <param name="Leader">Who leads the channel, if it is another silo and known.</param>
public readonly record struct PublishReply(PublishOutcome Outcome, ulong FirstSequence = 0, string? Leader = null);
