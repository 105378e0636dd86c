using Bayou.Grains.Interfaces;

namespace Bayou.Grains.Channels;

/// <summary>Finds the delivery policy of a channel: that of the narrowest name or pattern that takes it in, as a whole.</summary>
public static class DeliveryPolicyResolver
{
    public static DeliveryPolicy Resolve(StreamingOptions options, string channel) => options.DeliveryPolicies
        .Where(pair => ChannelPattern.Matches(pair.Key, channel))
        .OrderBy(static pair => pair.Key, PatternWidth.Order)
        .Select(static pair => pair.Value)
        .LastOrDefault(DeliveryPolicy.Default);
}
