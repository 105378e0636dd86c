using Bayou.Gateway.Monitoring;
using Bayou.Grains.Interfaces;

namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The limits of a channel. Times are nanoseconds; 0 means no limit.</summary>
internal record ChannelLimitsReport
{
    public ChannelLimitsReport(ChannelLimits limits)
    {
        MaxMsgs = limits.MaxMessages;
        MaxBytes = limits.MaxBytes;
        MaxAge = GoFormat.Nanoseconds(limits.MaxAge);
        MaxSubscriptions = limits.MaxSubscriptions;
        MaxInactivity = GoFormat.Nanoseconds(limits.MaxInactivity);
    }

    public long MaxMsgs { get; }
    public long MaxBytes { get; }
    public long MaxAge { get; }
    public int MaxSubscriptions { get; }
    public long MaxInactivity { get; }
}
