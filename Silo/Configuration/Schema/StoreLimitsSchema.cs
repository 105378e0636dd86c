using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary>
/// <c>store_limits { }</c> and, inside it, <c>channels { name { } }</c>. A global limit may not be negative; in an
/// override 0 or less lifts the limit and a missing key inherits it.
/// </summary>
internal static class StoreLimitsSchema
{
    private static readonly OptionSchema<ChannelLimitsOverride> Channel = new(
        Option.Int32<ChannelLimitsOverride>("max_subs", (l, value) => l with { MaxSubscriptions = Math.Max(value, 0) }).Or(SubscriptionAliases),
        Option.Integer<ChannelLimitsOverride>("max_msgs", (l, value) => l with { MaxMessages = Math.Max(value, 0) }).Or(MessageAliases),
        Option.Integer<ChannelLimitsOverride>("max_bytes", (l, value) => l with { MaxBytes = Math.Max(value, 0) }).Or(ByteAliases),
        Option.Duration<ChannelLimitsOverride>("max_age", (l, value) => l with { MaxAge = NotNegative(value) }).Or(AgeAliases),
        Option.Duration<ChannelLimitsOverride>("max_inactivity", (l, value) => l with { MaxInactivity = NotNegative(value) }).Or(InactivityAliases));

    public static readonly OptionSchema<ServerOptions> Root = new(
        Option.Int32<ServerOptions>("max_channels", (o, value) => o with { Streaming = o.Streaming with { MaxChannels = value } })
            .Or("mc", "maxchannels").Within(0, int.MaxValue),
        Limit<int>("max_subs", Option.Int32, (l, value) => l with { MaxSubscriptions = value }).Or(SubscriptionAliases).Within(0, int.MaxValue),
        Limit<long>("max_msgs", Option.Integer, (l, value) => l with { MaxMessages = value }).Or(MessageAliases).Within(0, long.MaxValue),
        Limit<long>("max_bytes", Option.Integer, (l, value) => l with { MaxBytes = value }).Or(ByteAliases).Within(0, long.MaxValue),
        Limit<TimeSpan>("max_age", Option.Duration, (l, value) => l with { MaxAge = value }).Or(AgeAliases),
        Limit<TimeSpan>("max_inactivity", Option.Duration, (l, value) => l with { MaxInactivity = value }).Or(InactivityAliases),
        Option.Block<ServerOptions>("channels", Channel, ReadChannels)
            .Or("channels_limits", "channelslimits", "per_channel", "per_channel_limits"));

    private static string[] SubscriptionAliases => ["msu", "max_subscriptions", "maxsubscriptions"];

    private static string[] MessageAliases => ["mm", "maxmsgs", "max_count", "maxcount"];

    private static string[] ByteAliases => ["mb", "maxbytes"];

    private static string[] AgeAliases => ["ma", "maxage"];

    private static string[] InactivityAliases => ["mi", "maxinactivity"];

    private static ServerOptions ReadChannels(ServerOptions options, ConfigEntry entry, SchemaReader reader) => options with
    {
        Streaming = options.Streaming with { ChannelLimits = reader.ReadNamed(Channel, entry, "channels", options.Streaming.ChannelLimits, new ChannelLimitsOverride()) },
    };

    private static TimeSpan NotNegative(TimeSpan value) => value < TimeSpan.Zero ? TimeSpan.Zero : value;

    private static ConfigOption<ServerOptions> Limit<TValue>(
        string name,
        Func<string, Func<ServerOptions, TValue, ServerOptions>, ConfigOption<ServerOptions>> make,
        Func<ChannelLimits, TValue, ChannelLimits> set) =>
        make(name, (o, value) => o with { Streaming = o.Streaming with { Limits = set(o.Streaming.Limits, value) } });
}
