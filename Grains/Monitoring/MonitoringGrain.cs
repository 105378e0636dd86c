using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata;
using Bayou.Grains.Replication;
using Bayou.Grains.Sessions;
using Orleans.Concurrency;

namespace Bayou.Grains.Monitoring;

/// <summary>
/// Which channels and sessions there are, every silo knows from the metadata; what is in a channel is asked of the silo that leads it. If
/// that one does not answer, this silo's own replica has to do, and the page says so. It holds nothing, so any number may run.
/// </summary>
[StatelessWorker]
public sealed class MonitoringGrain(ReplicaHost host, SessionDirectory sessions, StreamingOptions options, ChannelReader reader, SiloCalls silos)
    : Grain, IMonitoringGrain
{
    public async Task<StreamingTotals> GetTotalsAsync()
    {
        var channels = await ListAsync();
        var unanswered = new List<string>();
        var sums = await AskAsync(
            channels,
            unanswered,
            groups => reader.SumAsync(groups),
            (silo, groups) => silo.SumChannelsAsync(groups));
        return new StreamingTotals(
            (await sessions.ListAsync()).Count,
            sums.Sum(sum => sum.Subscriptions),
            channels.Count,
            sums.Sum(sum => sum.Messages),
            sums.Sum(sum => sum.Bytes))
        {
            Unanswered = unanswered,
            Role = host.IsAlone ? null : host.Metadata.IsLeading ? "Leader" : "Follower",
            NodeId = host.IsAlone ? null : silos.Own,
        };
    }

    public Task<LimitFigures> GetLimitsAsync() => Task.FromResult(
        new LimitFigures(options.MaxChannels, options.Limits, ChannelLimitsResolver.ResolveEntries(options)));

    public async Task<FigurePage<string>> GetChannelNamesAsync(int offset, int limit)
    {
        var channels = await ListAsync();
        return new FigurePage<string>(channels.Count, [.. channels.Skip(offset).Take(limit).Select(channel => channel.Name)]);
    }

    public Task<FigurePage<ChannelFigures>> GetChannelsAsync(int offset, int limit) => FindChannelsAsync(ChannelPattern.All, offset, limit);

    public async Task<FigurePage<ChannelFigures>> FindChannelsAsync(string pattern, int offset, int limit)
    {
        var channels = (await ListAsync()).Where(channel => ChannelPattern.Matches(pattern, channel.Name)).ToList();
        var unanswered = new List<string>();
        var page = await ReadAsync(channels.Skip(offset).Take(limit), unanswered, withSubscriptions: true);
        return new FigurePage<ChannelFigures>(channels.Count, page) { Unanswered = unanswered };
    }

    public async Task<ChannelFigures?> GetChannelAsync(ChannelName channel, bool withSubscriptions)
    {
        var known = (await ListAsync()).Where(listed => listed.Name == channel.Value);
        return await ReadAsync(known, [], withSubscriptions) is [var figures] ? figures : null;
    }

    public async Task<FigurePage<ClientFigures>> GetClientsAsync(int offset, int limit, bool withSubscriptions)
    {
        var all = await sessions.ListAsync();
        var unanswered = new List<string>();
        var page = await ReadSessionsAsync([.. all.Skip(offset).Take(limit)], unanswered, withSubscriptions);
        return new FigurePage<ClientFigures>(all.Count, page) { Unanswered = unanswered };
    }

    public async Task<ClientFigures?> GetClientAsync(ClientId client, bool withSubscriptions)
    {
        var all = await sessions.ListAsync();
        return all.TryGetValue(client.Value, out var session)
            ? (await ReadSessionsAsync([new(client.Value, session)], [], withSubscriptions))[0]
            : null;
    }

    /// <summary>Every channel of the cluster, sorted ordinally by name.</summary>
    private Task<List<Listed>> ListAsync() => host.Metadata.QueryAsync(machine =>
        machine.Channels.Select(channel => new Listed(channel.Key, channel.Value)).ToList());

    private async Task<IReadOnlyList<ChannelFigures>> ReadAsync(IEnumerable<Listed> channels, List<string> unanswered, bool withSubscriptions)
    {
        var answers = await AskAsync(
            channels,
            unanswered,
            groups => reader.ReadAsync(groups, withSubscriptions),
            (silo, groups) => silo.ReadChannelsAsync(groups, withSubscriptions));
        return [.. answers.SelectMany(answer => answer).OrderBy(channel => channel.Name, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<ClientFigures>> ReadSessionsAsync(
        IReadOnlyList<KeyValuePair<string, SessionState>> page, List<string> unanswered, bool withSubscriptions)
    {
        var clients = page.Select(session => session.Key).ToList();
        var answers = await AskAsync(
            await ListAsync(),
            unanswered,
            groups => reader.ReadSubscriptionsAsync(groups, clients, withSubscriptions),
            (silo, groups) => silo.ReadSubscriptionsAsync(groups, [.. clients.Select(client => new ClientId(client))], withSubscriptions));
        var channels = answers.SelectMany(answer => answer).OrderBy(channel => channel.Channel, StringComparer.Ordinal).ToList();
        return [.. page.Select(session => new ClientFigures(
            session.Key,
            session.Value.HeartbeatInbox,
            channels.Sum(channel => channel.Counts.GetValueOrDefault(session.Key)),
            [.. channels
                .Select(channel => new ChannelSubscriptions(channel.Channel, [.. channel.Views.Where(view => view.ClientId == session.Key)]))
                .Where(channel => channel.Subscriptions.Count > 0)]))];
    }

    /// <summary>
    /// Asks each channel's leader, and where nobody is known to lead, whoever may. Channels of silos that did not answer are read from
    /// this silo's own replicas.
    /// </summary>
    private async Task<IReadOnlyList<T>> AskAsync<T>(
        IEnumerable<Listed> channels, List<string> unanswered, Func<IReadOnlyList<ulong>, Task<T>> askOwn, Func<ISiloGrain, IReadOnlyList<ulong>, Task<T>> ask)
    {
        var groups = channels
            .GroupBy(channel => host.Registry.LeaderCandidates(channel.Placement).FirstOrDefault() ?? silos.Own, channel => channel.Placement.Group.Value)
            .ToDictionary(silo => silo.Key, silo => (IReadOnlyList<ulong>)[.. silo]);
        var answers = await silos.AskAsync(groups.Keys, unanswered, silo => askOwn(groups[silo]), (silo, grain) => ask(grain, groups[silo]));
        return unanswered.Count == 0
            ? [.. answers.Values]
            : [.. answers.Values, await askOwn([.. unanswered.SelectMany(silo => groups[silo])])];
    }

    private readonly record struct Listed(string Name, ChannelPlacement Placement);
}
