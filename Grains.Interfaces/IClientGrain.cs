using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Grains.Interfaces;

/// <summary>
/// The session of one client id: who holds it, its heartbeats, the channels it subscribed to. The key is the client id.
/// </summary>
[Alias("Bayou.IClientGrain")]
public interface IClientGrain : IGrainWithStringKey
{
    /// <summary>
    /// Opens a session. Where one is open, its client is asked first: if it answers within half a second the request is refused,
    /// otherwise it is closed and replaced.
    /// </summary>
    [Alias("Connect")]
    Task<ConnectResult> ConnectAsync(ConnectRequest request);

    /// <summary>Ends the session if it still is <paramref name="expected"/>, or whatever it is if null. False if there was none to end.</summary>
    [Alias("Close")]
    Task<bool> CloseAsync(SessionEpoch? expected);

    /// <summary>The open session, or null.</summary>
    [Alias("Find")]
    Task<SessionInfo?> FindAsync();

    /// <summary>Remembers, durably, that the session has subscriptions on a channel; false if it is not open any more.</summary>
    [Alias("AddChannel")]
    Task<bool> AddChannelAsync(SessionEpoch epoch, ChannelName channel);

    /// <summary>The client was heard while its heartbeats fail: ask it again at once.</summary>
    [Alias("Ping")]
    Task PingAsync();
}
