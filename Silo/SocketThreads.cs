namespace Bayou.Silo;

/// <summary>
/// Has what waits for a socket run on the thread that hears of it, instead of waking a thread of the pool first. A message that is
/// answered alone then costs half the processor time and two thirds of the time.
/// </summary>
/// <remarks>
/// Such code may neither block nor go on for long, as it holds up every other socket of that thread. So whoever may be long leaves it for the
/// pool: the read loops of clients, routes and peer links, and the workers of replicas, by amount; write loops, requests to a monitoring page
/// and whatever may block at once. Orleans does so by itself. No lock is held while code of others is called, such as what follows a task that
/// is completed: it runs right there.
/// </remarks>
internal static class SocketThreads
{
    private const string Setting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called before the first socket is made. What the environment says already stands.</summary>
    public static void Prepare() =>
        Environment.SetEnvironmentVariable(Setting, Environment.GetEnvironmentVariable(Setting) ?? "1");
}
