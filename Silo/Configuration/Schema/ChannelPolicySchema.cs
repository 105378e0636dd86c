using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration.Language;

namespace Bayou.Silo.Configuration.Schema;

/// <summary><c>bayou { channels { name { } } }</c>: what NATS Streaming has no setting for, by channel name or pattern.</summary>
internal static class ChannelPolicySchema
{
    public static readonly OptionSchema<DeliveryPolicy> Channel = new(
        Option.Checked<DeliveryPolicy>("redelivery_waits", OptionType.Strings, SetWaits),
        Option.Boolean<DeliveryPolicy>("single_active", (policy, value) => policy with { IsSingleActive = value }));

    public static ServerOptions ReadChannels(ServerOptions options, ConfigEntry entry, SchemaReader reader) => options with
    {
        Streaming = options.Streaming with { DeliveryPolicies = reader.ReadNamed(Channel, entry, "bayou.channels", options.Streaming.DeliveryPolicies, DeliveryPolicy.Default) },
    };

    private static DeliveryPolicy SetWaits(DeliveryPolicy policy, object value, ConfigEntry entry, SchemaReader reader)
    {
        var waits = new List<TimeSpan>();
        foreach (var text in (string[])value)
        {
            if (GoDuration.TryParse(text, out var wait) && wait > TimeSpan.Zero)
                waits.Add(wait);
            else
                reader.AddError(entry, $"{entry.Key} takes durations above zero such as \"30s\", not \"{text}\"");
        }

        return policy with { RedeliveryWaits = waits };
    }
}
