using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>A silo that holds what a test says.</summary>
internal sealed class FakeMonitoring : IMonitoringGrain
{
    public StreamingTotals Totals { get; init; } = new(0, 0, 0, 0, 0);

    public LimitFigures Limits { get; init; } = new(0, new ChannelLimits(), []);

    public IReadOnlyList<ChannelFigures> Channels { get; init; } = [];

    public IReadOnlyList<ClientFigures> Clients { get; init; } = [];

    /// <summary>What every call ends with; null for an answer.</summary>
    public Exception? Failure { get; init; }

    public Task<StreamingTotals> GetTotalsAsync() => Answer(Totals);

    public Task<LimitFigures> GetLimitsAsync() => Answer(Limits);

    public Task<FigurePage<string>> GetChannelNamesAsync(int offset, int limit) =>
        Answer(Page([.. Channels.Select(channel => channel.Name)], offset, limit));

    public Task<FigurePage<ChannelFigures>> GetChannelsAsync(int offset, int limit) => Answer(Page(Channels, offset, limit));

    public Task<FigurePage<ChannelFigures>> FindChannelsAsync(string pattern, int offset, int limit) =>
        Answer(Page([.. Channels.Where(channel => ChannelPattern.Matches(pattern, channel.Name))], offset, limit));

    public Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool withSubscriptions) => Answer(Channels
        .Where(one => one.Name == channel.Value)
        .Select(one => withSubscriptions ? one : one with { Subscriptions = [] })
        .FirstOrDefault());

    public Task<FigurePage<ClientFigures>> GetClientsAsync(int offset, int limit, bool withSubscriptions) =>
        Answer(Page([.. Clients.Select(one => withSubscriptions ? one : one with { Subscriptions = [] })], offset, limit));

    public Task<ClientFigures?> GetClientAsync(ClientId client, bool withSubscriptions) => Answer(Clients
        .Where(one => one.Id == client.Value)
        .Select(one => withSubscriptions ? one : one with { Subscriptions = [] })
        .FirstOrDefault());

    private static FigurePage<T> Page<T>(IReadOnlyList<T> items, int offset, int limit) =>
        new(items.Count, [.. items.Skip(offset).Take(limit)]);

    private Task<T> Answer<T>(T answer) => Failure is null ? Task.FromResult(answer) : Task.FromException<T>(Failure);
}
