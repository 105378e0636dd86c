using System.CommandLine;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Stan;

/// <summary>The options that name a streaming server's cluster and the channel to use.</summary>
public sealed class StanOptions
{
    public Option<string> ClusterId { get; } = new("--cluster") { Description = "Cluster id of the streaming server", DefaultValueFactory = _ => "test-cluster" };

    public Option<string> Channel { get; } = new("--channel") { Description = "Channel to use; every run uses the same, since STAN cannot delete channels and allows 100 by default", DefaultValueFactory = _ => "bayou-load" };

    public Option<int> Channels { get; } = new("--channels") { Description = "How many channels the publishers share out among them; each keeps to one", DefaultValueFactory = _ => 1 };

    /// <summary>One channel for all publishers, or several.</summary>
    public Func<Crew, IDurableLog> BindSpread(ParseResult parse)
    {
        string cluster = parse.GetRequiredValue(ClusterId);
        string channel = parse.GetRequiredValue(Channel);
        int count = parse.GetValue(Channels);
        return count >= 1 ? _ => new StanChannel(cluster, channel, maxInFlight: 1, count) : throw new LoadException("--channels must be at least 1.");
    }

    public Func<Crew, IDurableLog> Bind(ParseResult parse, int maxInFlight)
    {
        string cluster = parse.GetRequiredValue(ClusterId);
        string channel = parse.GetRequiredValue(Channel);
        return _ => new StanChannel(cluster, channel, maxInFlight);
    }

    /// <summary>Every run gets a channel of its own.</summary>
    public Func<Crew, IDurableLog> BindNewChannel(ParseResult parse, int maxInFlight)
    {
        string cluster = parse.GetRequiredValue(ClusterId);
        return _ => new StanChannel(cluster, UniqueName.Subject(), maxInFlight);
    }
}
