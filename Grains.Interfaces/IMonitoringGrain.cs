using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>Answers the streaming monitoring pages from what this silo holds. Key 0.</summary>
[Alias("Bayou.IMonitoringGrain")]
public interface IMonitoringGrain : IGrainWithIntegerKey
{
    [Alias("GetTotals")]
    Task<StreamingTotals> GetTotalsAsync();

    /// <summary>Every channel's name, sorted ordinally.</summary>
    [Alias("GetChannelNames")]
    Task<IReadOnlyList<string>> GetChannelNamesAsync();

    /// <summary>One channel, or null; with its subscriptions where asked.</summary>
    [Alias("GetChannel")]
    Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool subscriptions);

    /// <summary>Every session, sorted by client id.</summary>
    [Alias("GetClients")]
    Task<IReadOnlyList<ClientFigures>> GetClientsAsync();

    /// <summary>The subscriptions of one client by channel.</summary>
    [Alias("GetClientSubscriptions")]
    Task<IReadOnlyList<ChannelSubscriptions>> GetClientSubscriptionsAsync(ClientId client);
}
