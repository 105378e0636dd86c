using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// The channels for their operator, through whichever silo this process has: what it asks for is done where the channel is led. Actions may be
/// repeated: what is done already is left as it is. With <c>dryRun</c> nothing is changed, and the answer is what it would have been.
/// </summary>
public interface IChannelAdministration
{
    /// <summary>A page of the channels that a pattern takes in, sorted ordinally by name, with their subscriptions.</summary>
    Task<FigurePage<ChannelFigures>> ListAsync(string pattern, int offset, int limit);

    /// <summary>Creates a channel, within <c>max_channels</c>; the name must be one that clients may use.</summary>
    Task<AdminResult> CreateAsync(string channel, bool dryRun);

    /// <summary>
    /// Removes messages that are there when it is asked: those below <paramref name="before"/>, all but the newest <paramref name="keep"/>, or all.
    /// </summary>
    Task<AdminResult> PurgeAsync(string channel, ulong? before, ulong? keep, bool dryRun);

    /// <summary>Removes a channel with its messages and durables. Where clients receive, only with <paramref name="force"/>.</summary>
    Task<AdminResult> DeleteAsync(string channel, bool force, bool dryRun);

    /// <summary>Removes a durable with its position. Where clients receive, only with <paramref name="force"/>.</summary>
    Task<AdminResult> DeleteDurableAsync(string channel, DurableKey durable, bool force, bool dryRun);
}
