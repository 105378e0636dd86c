using System.Text.Json;
using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Silo.Configuration;

namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>A NATS Streaming server as its answers show it: what it held, and what it said to every request.</summary>
internal sealed class RecordedServer
{
    private static readonly string Root = Path.Combine(
        Environment.GetEnvironmentVariable("BAYOU_TESTDATA") ?? Path.Combine(RepositoryRoot.Path, "..", "shared"), "reference", "monitoring");

    private readonly string _folder;

    public RecordedServer(string name)
    {
        _folder = Path.Combine(Root, name);
        var conf = Path.Combine(_folder, "server.conf");
        Options = File.Exists(conf)
            ? ServerConfiguration.Load(["-c", conf], new ConfigurationEnvironment { ReadFile = File.ReadAllText }).Options!.Streaming
            : ReadOptions(Read("storez.json"));
        var totals = Read("serverz.json");
        Monitoring = new FakeMonitoring
        {
            Totals = new StreamingTotals(
                totals.GetProperty("clients").GetInt32(),
                totals.GetProperty("subscriptions").GetInt32(),
                totals.GetProperty("channels").GetInt32(),
                totals.GetProperty("total_msgs").GetInt64(),
                totals.GetProperty("total_bytes").GetInt64())
            {
                Role = TextOrNull(totals, "role"),
                NodeId = TextOrNull(totals, "node_id"),
            },
            Limits = new LimitFigures(Options.MaxChannels, Options.Limits, ChannelLimitsResolver.ResolveEntries(Options)),
            Channels = [.. List(Read("channelsz-subs.json"), "channels").Select(ReadChannel)],
            Clients = [.. List(Read("clientsz-subs.json"), "clients").Select(ReadClient)],
        };
    }

    public StreamingOptions Options { get; }

    public FakeMonitoring Monitoring { get; }

    public static string MissingData => $"No recorded answers: {Root} does not exist. Set BAYOU_TESTDATA to the shared test data.";

    /// <summary>Every recorded request of a server; empty where the data are missing.</summary>
    public static IEnumerable<RecordedRequest> RequestsOf(string name)
    {
        var index = Path.Combine(Root, name, "index.json");
        return File.Exists(index)
            ? JsonDocument.Parse(File.ReadAllText(index)).RootElement.EnumerateArray().Select(ReadRequest)
            : [];
    }

    public string BodyOf(RecordedRequest request) => File.ReadAllText(Path.Combine(_folder, request.File));

    /// <summary>The headers of an answer by name.</summary>
    public Dictionary<string, string> HeadersOf(RecordedRequest request) =>
        File.ReadLines(Path.Combine(_folder, Path.ChangeExtension(request.File, ".headers")))
            .Skip(1)
            .Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);

    private static RecordedRequest ReadRequest(JsonElement entry) => new(
        entry.GetProperty("request").GetString()!,
        entry.GetProperty("status").GetInt32(),
        entry.GetProperty("file").GetString()!);

    private JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, file))).RootElement;

    private static List<JsonElement> List(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement owner, string name) => TextOrNull(owner, name) ?? string.Empty;

    private static string? TextOrNull(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>What a server whose file was not kept was told, as far as its page of the store says so.</summary>
    private static StreamingOptions ReadOptions(JsonElement store)
    {
        var limits = store.GetProperty("limits");
        return new StreamingOptions
        {
            ClusterId = Text(store, "cluster_id"),
            Store = Text(store, "type") == "MEMORY" ? StoreKind.Memory : StoreKind.File,
            MaxChannels = limits.GetProperty("max_channels").GetInt32(),
            Limits = ReadLimits(limits),
            ChannelLimits = limits.TryGetProperty("channels", out var channels)
                ? channels.EnumerateObject().ToDictionary(channel => channel.Name, channel => ReadOverride(ReadLimits(channel.Value)))
                : new Dictionary<string, ChannelLimitsOverride>(),
        };
    }

    private static ChannelLimits ReadLimits(JsonElement limits) => new()
    {
        MaxMessages = limits.GetProperty("max_msgs").GetInt32(),
        MaxBytes = limits.GetProperty("max_bytes").GetInt64(),
        MaxAge = TimeSpan.FromTicks(limits.GetProperty("max_age").GetInt64() / TimeSpan.NanosecondsPerTick),
        MaxSubscriptions = limits.GetProperty("max_subscriptions").GetInt32(),
        MaxInactivity = TimeSpan.FromTicks(limits.GetProperty("max_inactivity").GetInt64() / TimeSpan.NanosecondsPerTick),
    };

    private static ChannelLimitsOverride ReadOverride(ChannelLimits limits) => new()
    {
        MaxMessages = limits.MaxMessages,
        MaxBytes = limits.MaxBytes,
        MaxAge = limits.MaxAge,
        MaxSubscriptions = limits.MaxSubscriptions,
        MaxInactivity = limits.MaxInactivity,
    };

    private static ChannelFigures ReadChannel(JsonElement channel) => new(
        Text(channel, "name"),
        channel.GetProperty("msgs").GetInt64(),
        channel.GetProperty("bytes").GetInt64(),
        channel.GetProperty("first_seq").GetUInt64(),
        channel.GetProperty("last_seq").GetUInt64(),
        channel.GetProperty("subs_count").GetInt32(),
        [.. List(channel, "subscriptions").Select(ReadMember)]);

    private static ClientFigures ReadClient(JsonElement client) => new(
        Text(client, "id"),
        Text(client, "hb_inbox"),
        client.GetProperty("subs_count").GetInt32(),
        client.TryGetProperty("subscriptions", out var channels)
            ? [.. channels.EnumerateObject().Select(one => new ChannelSubscriptions(one.Name, [.. one.Value.EnumerateArray().Select(ReadMember)]))]
            : []);

    private static MemberView ReadMember(JsonElement member) => new(
        Text(member, "client_id"),
        Text(member, "inbox"),
        Text(member, "ack_inbox"),
        Text(member, "durable_name"),
        Text(member, "queue_name"),
        member.GetProperty("is_durable").GetBoolean(),
        member.GetProperty("is_offline").GetBoolean(),
        member.GetProperty("max_inflight").GetInt32(),
        member.GetProperty("ack_wait").GetInt32(),
        member.GetProperty("last_sent").GetUInt64(),
        member.GetProperty("pending_count").GetInt64(),
        member.GetProperty("is_stalled").GetBoolean());
}
