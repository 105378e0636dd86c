using Microsoft.Extensions.Logging;

namespace Bayou.Silo.Logging;

/// <summary>Which log lines are wanted, by where they come from.</summary>
internal static class LogCategories
{
    /// <summary>What operators of NATS Streaming look for at the start of its lines.</summary>
    public const string StreamingPrefix = "STREAM: ";

    private static readonly string[] Streaming = ["Bayou.Grains", "Bayou.Gateway.Streaming", "Bayou.Storage", "Bayou.Raft", "Bayou.Streaming"];

    /// <summary>
    /// Orleans reports each call and probe that meets a lost silo, with the stack. Calls are made again, and of the silo our own links
    /// say in one line that it is lost.
    /// </summary>
    private static readonly string[] Chatty =
    [
        "Polly", "Orleans.Messaging", "Orleans.Runtime.Messaging", "Orleans.Runtime.CallbackData", "Orleans.Runtime.MembershipService",
    ];

    /// <summary>Whether a category is this program's own rather than Orleans', ASP.NET's or another library's.</summary>
    public static bool IsOurs(string category) => IsWithin(category, "Bayou");

    /// <summary>Whether a category belongs to the streaming side.</summary>
    public static bool IsStreaming(string category) => Array.Exists(Streaming, name => IsWithin(category, name));

    /// <summary>
    /// Whether a line is wanted. Debug and trace are two switches, not two steps: <c>-V</c> alone shows the protocol and
    /// no debugging. Libraries speak up for warnings only, or from information on under <c>-D</c>.
    /// </summary>
    public static bool IsEnabled(string category, LogLevel level, LoggingOptions options)
    {
        if (level == LogLevel.None)
            return false;
        if (!IsOurs(category))
            return level >= (options.Debug ? LogLevel.Information : Array.Exists(Chatty, name => IsWithin(category, name)) ? LogLevel.Critical : LogLevel.Warning);
        var isStreaming = IsStreaming(category);
        return level switch
        {
            LogLevel.Trace => isStreaming ? options.StreamingTrace : options.Trace,
            LogLevel.Debug => isStreaming ? options.StreamingDebug : options.Debug,
            _ => true,
        };
    }

    private static bool IsWithin(string category, string name) =>
        category.StartsWith(name, StringComparison.Ordinal) && (category.Length == name.Length || category[name.Length] == '.');
}
