using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication;
using Bayou.Records;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Administration;

/// <summary>
/// Finds the channel in the metadata, and has its grain, which is where it is led, do what is asked. The group that was found goes with every
/// call, so that a call that is made again cannot hit another channel of that name.
/// </summary>
public sealed partial class ChannelAdministration(
    ReplicaHost host, IGrainFactory grains, StreamingOptions options, TimeProvider time, ILogger<ChannelAdministration> logger) : IChannelAdministration
{
    public Task<FigurePage<ChannelFigures>> ListAsync(string pattern, int offset, int limit) =>
        grains.GetGrain<IMonitoringGrain>(0).FindChannelsAsync(pattern, offset, limit);

    public Task<AdminResult> CreateAsync(string channel, bool dryRun) => DecideAsync(channel, async () =>
    {
        if (await FindAsync(channel) is not null)
        {
            return ChannelAnswers.Unchanged(channel, $"Channel {channel} is there already.");
        }

        var replicas = host.Services.Options.Replicas;
        var command = new MetadataCommand { CreateChannel = new CreateChannel { Name = channel, MaxChannels = options.MaxChannels, Replicas = replicas } };
        var error = await host.Metadata.QueryAsync(machine =>
        {
            machine.Preview(command, out var result);
            return result.Error;
        });
        if (!dryRun && error is null)
        {
            error = (await host.Metadata.CreateChannelAsync(channel, options.MaxChannels, replicas)).Error;
            await host.Metadata.PassBarrierAsync();
        }

        return error is null
            ? new AdminResult
            {
                Outcome = AdminOutcome.Done,
                Message = $"Channel {channel} comes into being.",
                Effect = new ChannelEffect { Channel = channel },
            }
            : new AdminResult
            {
                Outcome = AdminOutcome.Refused,
                Message = $"Channel {channel} cannot be created: {error}.",
                Allowed = error == ChannelErrors.TooManyChannels ? [$"{options.MaxChannels} channels (max_channels)"] : [],
            };
    });

    public Task<AdminResult> PurgeAsync(string channel, ulong? before, ulong? keep, bool dryRun) => DecideAsync(channel, async () =>
    {
        if (await FindAsync(channel) is not { } group)
        {
            return await NotFoundAsync(channel);
        }

        // Nothing is below 0: this only tells what there is.
        var now = await CallAsync(channel, grain => grain.PurgeAsync(group.Value, before: 0));
        if (now.Outcome == ChannelChangeOutcome.Gone)
        {
            return await NotFoundAsync(channel);
        }

        var wanted = PurgePlan.FirstToStay(now.FirstSequence, now.LastSequence, before, keep);
        if (wanted == now.FirstSequence)
        {
            return ChannelAnswers.Unchanged(channel, $"Channel {channel} holds no such messages.");
        }

        var effect = new ChannelEffect { Channel = channel, Messages = wanted - now.FirstSequence, FirstSeq = wanted, LastSeq = now.LastSequence };
        if (!dryRun)
        {
            var left = await PurgeAsync(channel, group, now.FirstSequence, wanted);
            LogPurged(channel, left);
            if (left < wanted)
            {
                return new AdminResult
                {
                    Outcome = AdminOutcome.Unavailable,
                    Message = $"Message {left} of channel {channel} is damaged where it is led, and stays until it is mended; what is older is gone. Ask again later.",
                };
            }
        }

        return ChannelAnswers.Purged(effect);
    });

    public Task<AdminResult> DeleteAsync(string channel, bool force, bool dryRun) => DecideAsync(channel, async () =>
    {
        if (await FindAsync(channel) is not { } group)
        {
            return ChannelAnswers.Deleted(channel, ChannelChange.None);
        }

        var change = await CallAsync(channel, grain => grain.DeleteAsync(group.Value, force, dryRun));
        if (!dryRun && change.Outcome == ChannelChangeOutcome.Done)
        {
            // The channel's leader says so, too; whoever asks this silo next is not to find it any more.
            LogDeleted(channel);
            await host.Metadata.DeleteChannelAsync(group);
            await host.Metadata.PassBarrierAsync();
        }

        return ChannelAnswers.Deleted(channel, change);
    });

    public Task<AdminResult> DeleteDurableAsync(string channel, DurableKey durable, bool force, bool dryRun) => DecideAsync(channel, async () =>
    {
        if (await FindAsync(channel) is not { } group)
        {
            return await NotFoundAsync(channel);
        }

        var change = await CallAsync(channel, grain => grain.DeleteDurableAsync(group.Value, durable, force, dryRun));
        if (!dryRun && change.Outcome == ChannelChangeOutcome.Done)
        {
            LogDurableDeleted(change.Durables[0], channel);
        }

        return ChannelAnswers.DurableDeleted(channel, durable, change);
    });

    /// <summary>One entry of the log after the other; returns the oldest message that is left.</summary>
    private async Task<ulong> PurgeAsync(string channel, GroupId group, ulong first, ulong wanted)
    {
        while (first < wanted)
        {
            var change = await CallAsync(channel, grain => grain.PurgeAsync(group.Value, wanted));
            if (change.Outcome == ChannelChangeOutcome.Gone)
            {
                // All of it was deleted meanwhile.
                return wanted;
            }

            if (change.FirstSequence <= first)
            {
                break;
            }

            first = change.FirstSequence;
        }

        return first;
    }

    /// <summary>The group of a channel as of now; null if there is none.</summary>
    private async Task<GroupId?> FindAsync(string channel)
    {
        await host.Metadata.PassBarrierAsync();
        return await host.Metadata.QueryAsync(machine => machine.Channels.TryGetValue(channel, out var placement) ? placement.Group : (GroupId?)null);
    }

    private async Task<AdminResult> NotFoundAsync(string channel) =>
        ChannelAnswers.NotFound(channel, await host.Metadata.QueryAsync(machine => machine.Channels.Select(known => known.Key).ToList()));

    private Task<ChannelChange> CallAsync(string channel, Func<IChannelGrain, Task<ChannelChange>> call) =>
        LeaderCalls.RetryAsync(time, () => call(grains.GetGrain<IChannelGrain>(channel)));

    private async Task<AdminResult> DecideAsync(string channel, Func<Task<AdminResult>> decide)
    {
        if (!host.IsFormed)
        {
            return new AdminResult { Outcome = AdminOutcome.Unavailable, Message = "This server does not belong to a cluster yet." };
        }

        try
        {
            return await decide();
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return new AdminResult
            {
                Outcome = AdminOutcome.Unavailable,
                Message = $"Nobody can say what became of that for channel {channel}: {exception.Message} Ask again; what is done is left as it is.",
            };
        }
    }

    [LoggerMessage(2208, LogLevel.Information, "Channel \"{Channel}\" has been purged by an operator, it begins with {First}")]
    private partial void LogPurged(string channel, ulong first);

    [LoggerMessage(2209, LogLevel.Information, "Channel \"{Channel}\" has been ended by an operator")]
    private partial void LogDeleted(string channel);

    [LoggerMessage(2210, LogLevel.Information, "Durable {Durable} of channel \"{Channel}\" has been deleted by an operator")]
    private partial void LogDurableDeleted(DurableKey durable, string channel);
}
