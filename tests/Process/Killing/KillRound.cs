using Xunit;

namespace Bayou.ProcessTests.Killing;

/// <summary>The clients that live through the kills, and what is known of the channels.</summary>
internal sealed class KillRound : IAsyncDisposable
{
    private const int PublishersPerChannel = 2;

    /// <summary>How much of what was verified before is read once more.</summary>
    private const ulong Overlap = 100;

    private readonly int _port;
    private readonly Dictionary<string, LoadPublisher[]> _publishers = [];
    private readonly Dictionary<string, LiveSubscriber[]> _subscribers = [];
    private readonly Dictionary<string, ChannelCopy> _audited = [];
    private readonly Dictionary<string, ChannelCopy> _resumed = [];

    private KillRound(int port) => _port = port;

    public string Summary => string.Join(", ", _audited.Select(pair =>
        $"{pair.Key} {pair.Value.Complete} messages, {_publishers[pair.Key].Sum(static publisher => publisher.Acknowledged().Length)} acknowledged"));

    public static async Task<KillRound> StartAsync(int port, string[] channels)
    {
        var round = new KillRound(port);
        foreach (string channel in channels)
        {
            string suffix = channel.Replace('.', '-');
            round._audited[channel] = new ChannelCopy("The audit of " + channel);
            round._resumed[channel] = new ChannelCopy("The resumed durable of " + channel);
            round._subscribers[channel] =
            [
                await LiveSubscriber.StartAsync(port, "live-durable-" + suffix, channel, "live"),
                await LiveSubscriber.StartAsync(port, "live-plain-" + suffix, channel, ""),
            ];
            round._publishers[channel] = await Task.WhenAll(Enumerable.Range(1, PublishersPerChannel)
                .Select(i => LoadPublisher.StartAsync(port, $"publisher-{suffix}-{i}", channel)));
        }

        return round;
    }

    /// <summary>Ends when every publisher has so many more acks: each of them goes on in its old session.</summary>
    public Task AdvanceAsync(int acks) => Task.WhenAll(_publishers.Values.SelectMany(static all => all).Select(publisher => publisher.AdvanceAsync(acks)));

    /// <summary>Compares what is stored with what was acknowledged up to now.</summary>
    public Task AuditAsync() => Task.WhenAll(_publishers.Keys.Select(AuditAsync));

    /// <summary>Ends the load; then everybody who lived through it must have received everything.</summary>
    public async Task FinishAsync()
    {
        await Task.WhenAll(_publishers.Values.SelectMany(static all => all).Select(static publisher => publisher.StopAsync()));
        foreach (string channel in _publishers.Keys)
        {
            await AuditAsync(channel);
            ulong last = _audited[channel].Complete;
            await Task.WhenAll(_subscribers[channel].Select(subscriber => subscriber.CatchUpAsync(last)));
            _resumed[channel].RequireCompleteTo(last);
            foreach (ChannelCopy copy in _subscribers[channel].Select(static subscriber => subscriber.Copy).Append(_resumed[channel])) RequireAll(channel, copy);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LoadPublisher publisher in _publishers.Values.SelectMany(static all => all)) await publisher.DisposeAsync();
        foreach (LiveSubscriber subscriber in _subscribers.Values.SelectMany(static all => all)) await subscriber.DisposeAsync();
    }

    private async Task AuditAsync(string channel)
    {
        (string Name, int[] Acknowledged)[] promised = [.. _publishers[channel].Select(static publisher => (publisher.Name, publisher.Acknowledged()))];
        string marker = await ChannelReader.MarkAsync(_port, channel);
        ChannelCopy copy = _audited[channel];
        ulong first = copy.Complete > Overlap ? copy.Complete - Overlap : 1;
        ulong last = await ChannelReader.ReadAsync(_port, channel, first, marker, copy);
        copy.RequireCompleteTo(last);
        foreach ((string name, int[] acknowledged) in promised) copy.RequireAll(name, acknowledged);

        await ChannelReader.ResumeAsync(_port, "resting-" + channel.Replace('.', '-'), channel, marker, _resumed[channel]);
        _resumed[channel].RequireCompleteTo(last);
    }

    private void RequireAll(string channel, ChannelCopy copy)
    {
        foreach (LoadPublisher publisher in _publishers[channel]) copy.RequireAll(publisher.Name, publisher.Acknowledged());
    }
}
