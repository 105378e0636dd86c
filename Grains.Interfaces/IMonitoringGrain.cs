using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>Answers the streaming monitoring pages for the whole cluster, one call a page. Key 0.</summary>
[Alias("Bayou.IMonitoringGrain")]
public interface IMonitoringGrain : IGrainWithIntegerKey
{
    [Alias("GetTotals")]
    Task<StreamingTotals> GetTotalsAsync();

    /// <summary>The limits in force, with what was inherited filled in.</summary>
    [Alias("GetLimits")]
    Task<LimitFigures> GetLimitsAsync();

    /// <summary>A page of the channels' names, sorted ordinally.</summary>
    [Alias("GetChannelNames")]
    Task<FigurePage<string>> GetChannelNamesAsync(int offset, int limit);

    /// <summary>A page of the channels, sorted ordinally by name, with their subscriptions.</summary>
    [Alias("GetChannels")]
    Task<FigurePage<ChannelFigures>> GetChannelsAsync(int offset, int limit);

    /// <summary>The same of the channels that a pattern takes in, or of the one that it names.</summary>
    [Alias("FindChannels")]
    Task<FigurePage<ChannelFigures>> FindChannelsAsync(string pattern, int offset, int limit);

    /// <summary>One channel, or null; with its subscriptions where asked.</summary>
    [Alias("GetChannel")]
    Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool withSubscriptions);

    /// <summary>A page of the sessions, sorted ordinally by client id; with their subscriptions where asked.</summary>
    [Alias("GetClients")]
    Task<FigurePage<ClientFigures>> GetClientsAsync(int offset, int limit, bool withSubscriptions);

    /// <summary>One session, or null; with its subscriptions where asked.</summary>
    [Alias("GetClient")]
    Task<ClientFigures?> GetClientAsync(ClientId client, bool withSubscriptions);
}
