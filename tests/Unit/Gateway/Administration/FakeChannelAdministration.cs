using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Administration;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>Channels that are as a test says, and what was asked to be done to them.</summary>
internal sealed class FakeChannelAdministration : IChannelAdministration
{
    public IReadOnlyList<ChannelFigures> Channels { get; init; } = [];

    public AdminResult Result { get; init; } = new() { Outcome = AdminOutcome.Done, Message = "It is done.", Effect = new ChannelEffect { Channel = "orders" } };

    public List<string> Asked { get; } = [];

    public Task<FigurePage<ChannelFigures>> ListAsync(string pattern, int offset, int limit)
    {
        var found = Channels.Where(channel => ChannelPattern.Matches(pattern, channel.Name)).ToList();
        return Task.FromResult(new FigurePage<ChannelFigures>(found.Count, [.. found.Skip(offset).Take(limit)]) { Unanswered = ["b"] });
    }

    public Task<AdminResult> CreateAsync(string channel, bool dryRun) => Note($"create {channel}", dryRun);

    public Task<AdminResult> PurgeAsync(string channel, ulong? before, ulong? keep, bool dryRun) => Note($"purge {channel} {before} {keep}", dryRun);

    public Task<AdminResult> DeleteAsync(string channel, bool force, bool dryRun) => Note($"delete {channel} {force}", dryRun);

    public Task<AdminResult> DeleteDurableAsync(string channel, DurableKey durable, bool force, bool dryRun) => Note($"delete {durable} in {channel} {force}", dryRun);

    private Task<AdminResult> Note(string action, bool dryRun)
    {
        Asked.Add(dryRun ? action + " (dry run)" : action);
        return Task.FromResult(Result);
    }
}
