using System.Runtime.InteropServices;

namespace Bayou.Silo.Signals;

/// <summary>What can be asked of a running server from outside, with the signals of nats-server.</summary>
internal static class ServerSignal
{
    public const PosixSignal Quit = PosixSignal.SIGINT;
    public const PosixSignal Terminate = PosixSignal.SIGTERM;
    /// <summary>Has the configuration read again.</summary>
    public const PosixSignal Reload = PosixSignal.SIGHUP;

    /// <summary>Opens the log file again. The two user signals have numbers of their own on each system.</summary>
    public static PosixSignal Reopen => (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);

    /// <summary>Sends the clients away and stops.</summary>
    public static PosixSignal LameDuck => (PosixSignal)(OperatingSystem.IsLinux() ? 12 : 31);

    /// <summary>The number of a signal by nats-server's name for what it does; null where there is none.</summary>
    public static int? NumberOf(string command) => command switch
    {
        "stop" => 9,
        "quit" => 2,
        "term" => 15,
        "reload" => 1,
        "reopen" => (int)Reopen,
        "ldm" => (int)LameDuck,
        _ => null,
    };
}
