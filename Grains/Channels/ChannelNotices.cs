using System.Globalization;
using Bayou.Grains.Interfaces.Identity;
using Microsoft.Extensions.Logging;

namespace Bayou.Grains.Channels;

/// <summary>What an operator is told of channels. The texts are those of NATS Streaming: scripts look for them.</summary>
internal sealed partial class ChannelNotices(ILogger logger)
{
    private static readonly string[] Units = ["KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A channel drops messages because it is full.</summary>
    public void Full(ChannelReplica channel, ChannelStateMachine machine)
    {
        if (logger.IsEnabled(LogLevel.Warning))
        {
            LogFull(
                channel.Name.Value, machine.MessageCount, channel.Limits.MaxMessages, Friendly(machine.Bytes), Friendly((ulong)channel.Limits.MaxBytes));
        }
    }

    /// <summary>A channel is no more, because nobody used it.</summary>
    public void Deleted(ChannelName channel) => LogDeleted(channel.Value);

    /// <summary>A size in the largest unit of 1024 that it fills, as NATS Streaming writes it.</summary>
    internal static string Friendly(ulong bytes)
    {
        var (size, unit) = ((double)bytes, -1);
        for (; size >= 1024; unit++)
        {
            size /= 1024;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{size:F2} {Units[unit]}");
    }

    [LoggerMessage(2206, LogLevel.Warning, "Reached limits for store \"{Channel}\" (msgs={Messages}/{MaxMessages} bytes={Bytes}/{MaxBytes}), dropping old messages to make room for new ones")]
    private partial void LogFull(string channel, long messages, long maxMessages, string bytes, string maxBytes);

    [LoggerMessage(2207, LogLevel.Information, "Channel \"{Channel}\" has been deleted")]
    private partial void LogDeleted(string channel);
}
