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
