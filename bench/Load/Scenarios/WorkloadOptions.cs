using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bayou.Load.Scenarios;

/// <summary>The options that say how much a command does, with defaults of that command.</summary>
public sealed class WorkloadOptions
{
    private readonly Option<long> _messages;
    private readonly Option<double?> _duration;
    private readonly Option<int> _size;
    private readonly Option<int>? _publishers;
    private readonly Option<int>? _subscribers;
    private readonly Option<int> _batch;
    private readonly Option<double> _timeout;

    /// <summary>
    /// With <paramref name="sync"/> given on the command line a tenth of the messages is the default.
    /// Zero <paramref name="publishers"/> or <paramref name="subscribers"/>: the command has no such option.
    /// </summary>
    public WorkloadOptions(long messages, int size = 128, int publishers = 1, int subscribers = 0, Option<bool>? sync = null)
    {
        _messages = new("--messages", "-n") { Description = "Messages in all, shared among the publishers", DefaultValueFactory = result => IsSync(result, sync) ? messages / 10 : messages };
        _duration = new("--duration", "-d") { Description = "Publish for so many seconds instead of counting" };
        _size = new("--size", "-s") { Description = $"Payload bytes, at least {Protocol.Stamp.Size}", DefaultValueFactory = _ => size };
        _batch = new("--batch") { Description = "Bytes that a publisher collects before it writes to its socket; 1 for a write per message", DefaultValueFactory = _ => Protocol.OutputBuffer.DefaultBatchBytes };
        _timeout = new("--timeout") { Description = "Seconds of silence after which a run has failed", DefaultValueFactory = _ => 30 };
        if (publishers > 0)
            _publishers = new("--publishers", "-p") { Description = "Publishing connections", DefaultValueFactory = _ => publishers };
        if (subscribers > 0)
            _subscribers = new("--subscribers", "-S") { Description = "Subscribing connections, each receives all", DefaultValueFactory = _ => subscribers };
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option?[] { _messages, _duration, _size, _publishers, _subscribers, _batch, _timeout })
        {
            if (option is not null)
                command.Options.Add(option);
        }
    }

    public Workload Bind(ParseResult parse)
    {
        var workload = new Workload(
            parse.GetValue(_messages),
            parse.GetValue(_duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            parse.GetValue(_size),
            _publishers is null ? 1 : parse.GetValue(_publishers),
            _subscribers is null ? 0 : parse.GetValue(_subscribers),
            parse.GetValue(_batch),
            TimeSpan.FromSeconds(parse.GetValue(_timeout)));
        Check(workload);
        return workload;
    }

    private static bool IsSync(ArgumentResult result, Option<bool>? sync) => sync is not null && result.GetValue(sync);

    private static void Check(Workload workload)
    {
        if (workload.SizeBytes < Protocol.Stamp.Size)
            throw new LoadException($"--size must be at least {Protocol.Stamp.Size}: the first bytes of a payload number the message.");
        if (workload.Publishers is < 1 or > Protocol.Stamp.MaxPublishers)
            throw new LoadException($"--publishers must be between 1 and {Protocol.Stamp.MaxPublishers}.");
        if (workload.Messages < workload.Publishers)
            throw new LoadException("--messages must be at least one per publisher.");
        if (workload.BatchBytes < 1)
            throw new LoadException("--batch must be at least 1.");
        if (workload.Subscribers < 0)
            throw new LoadException("--subscribers must not be negative.");
    }
}
