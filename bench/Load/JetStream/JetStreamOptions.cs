using System.CommandLine;
using Bayou.Load.Logs;
using Bayou.Load.Scenarios;

namespace Bayou.Load.JetStream;

/// <summary>The options that say how streams and consumers are made.</summary>
public sealed class JetStreamOptions
{
    public Option<string> Storage { get; } = new("--storage") { Description = "file or memory", DefaultValueFactory = _ => "file" };

    public Option<int> Replicas { get; } = new("--replicas") { Description = "Copies of the stream", DefaultValueFactory = _ => 1 };

    public Option<bool> Pull { get; } = new("--pull") { Description = "Pull consumers instead of push" };

    public Option<int> PullBatch { get; } = new("--pull-batch") { Description = "Messages that a pull consumer asks for ahead", DefaultValueFactory = _ => 512 };

    public Func<Crew, IDurableLog> Bind(ParseResult parse, int maxInFlight)
    {
        var settings = new JetStreamSettings(
            parse.GetRequiredValue(Storage), parse.GetValue(Replicas), maxInFlight, parse.GetValue(Pull), parse.GetValue(PullBatch));
        return crew => new JetStreamStream(crew, settings);
    }
}
