using System.CommandLine;

namespace Bayou.Load.Scenarios;

/// <summary>Options that commands for both kinds of durable log share.</summary>
public sealed class LogOptions
{
    /// <summary>What STAN clients allow by default (<c>MaxPubAcksInflight</c>).</summary>
    public const int DefaultWindow = 16384;

    public Option<int> Window { get; } = new("--window") { Description = "Unacknowledged publishes per publisher", DefaultValueFactory = _ => DefaultWindow };

    public Option<bool> Sync { get; } = new("--sync") { Description = "One publish at a time per publisher, with latencies" };

    public Option<int> MaxInFlight { get; } = new("--max-inflight") { Description = "Unacknowledged messages per subscription", DefaultValueFactory = _ => 1024 };

    public int BindWindow(ParseResult parse)
    {
        int window = parse.GetValue(Sync) ? 1 : parse.GetValue(Window);
        return window >= 1 ? window : throw new LoadException("--window must be at least 1.");
    }
}
