using System.Collections.Concurrent;
using System.Text;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// The open sessions as far as this gateway has met them. A positive answer is safe to keep for as long as
/// <paramref name="isCurrent"/> says that the gateway is registered: a session's grain does not end it before every registered
/// gateway has dropped it here. There are no negative ones: who is unknown here is asked for.
/// </summary>
internal sealed class SessionCache(IGrainFactory grains, Func<bool> isCurrent, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, GatewaySession> _byConnId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GatewaySession> _byClientId = new(StringComparer.Ordinal);
    private int _removeCount;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long somebody who is not known may take to become so.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>By connID where there is one, else by client id; as a publish names its sender.</summary>
    public bool TryFind(ReadOnlySpan<byte> connId, ReadOnlySpan<byte> clientId, out GatewaySession? session)
    {
        if (!isCurrent())
        {
            session = null;
            return false;
        }

        Span<char> characters = stackalloc char[128];
        if (!connId.IsEmpty)
        {
            if (connId.Length * 2 > characters.Length)
            {
                return _byConnId.TryGetValue(Convert.ToHexStringLower(connId), out session);
            }

            Convert.TryToHexStringLower(connId, characters, out var count);
            return _byConnId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters[..count], out session);
        }

        if (clientId.Length > characters.Length)
        {
            return _byClientId.TryGetValue(Encoding.UTF8.GetString(clientId), out session);
        }

        var length = Encoding.UTF8.GetChars(clientId, characters);
        return _byClientId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters[..length], out session);
    }

    public GatewaySession Add(SessionInfo info)
    {
        var session = new GatewaySession(info.Client, info.Session, info.ConnId);
        _byClientId[info.Client.Value] = session;
        if (!info.ConnId.IsNone)
        {
            _byConnId[info.ConnId.Hex] = session;
        }

        return session;
    }

    public void Remove(SessionInfo info)
    {
        Interlocked.Increment(ref _removeCount);
        Drop(info);
    }

    /// <summary>Whether a session was open when it was last heard of. It may have ended while the gateway was not registered.</summary>
    public bool Knows(ConnId connId) => _byConnId.ContainsKey(connId.Hex);

    /// <summary>Forgets what it knew.</summary>
    public void Clear()
    {
        Interlocked.Increment(ref _removeCount);
        _byClientId.Clear();
        _byConnId.Clear();
    }

    /// <summary>The open session of whoever sent a request: under a connID, or of a client where there is none. Waits for those that may come yet.</summary>
    public async Task<GatewaySession?> WaitForAsync(ClientId client, ConnId connId = default, CancellationToken givenUp = default)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var found = connId.IsNone ? await FindAsync(client, givenUp) : await FindAsync(connId, givenUp);
            if (found is not null || time.GetElapsedTime(start) >= Patience)
            {
                return found;
            }

            await Task.Delay(Pause, time, givenUp);
        }
    }

    /// <summary>The open session of a client, from its grain if need be.</summary>
    public async Task<GatewaySession?> FindAsync(ClientId client, CancellationToken givenUp = default)
    {
        if (isCurrent() && _byClientId.TryGetValue(client.Value, out var session))
        {
            return session;
        }

        return await AskAsync(client, givenUp);
    }

    /// <summary>The open session under a connID, from the grains if need be.</summary>
    public async Task<GatewaySession?> FindAsync(ConnId connId, CancellationToken givenUp = default)
    {
        if (isCurrent() && _byConnId.TryGetValue(connId.Hex, out var session))
        {
            return session;
        }

        if (await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IConnIdGrain>(connId.Hex).FindAsync(), givenUp) is not { } client)
        {
            return null;
        }

        return await AskAsync(client, givenUp) is { } found && found.ConnId == connId ? found : null;
    }

    /// <summary>
    /// Asks the session's grain and keeps a positive answer, unless some session ended meanwhile: it may have been this one, and the
    /// answer older than its end. Then the grain is asked again.
    /// </summary>
    private async Task<GatewaySession?> AskAsync(ClientId client, CancellationToken givenUp)
    {
        while (true)
        {
            var removeCount = Volatile.Read(ref _removeCount);
            if (await LeaderCalls.RetryAsync(time, () => grains.GetGrain<IClientGrain>(client.Value).FindAsync(), givenUp) is not { } info)
            {
                return null;
            }

            var session = Add(info);
            if (Volatile.Read(ref _removeCount) == removeCount)
            {
                return session;
            }

            Drop(info);
        }
    }

    private void Drop(SessionInfo info)
    {
        if (_byClientId.TryGetValue(info.Client.Value, out var session) && session.Epoch.Value <= info.Session.Value)
        {
            _byClientId.TryRemove(new(info.Client.Value, session));
        }

        if (!info.ConnId.IsNone)
        {
            _byConnId.TryRemove(info.ConnId.Hex, out _);
        }
    }
}
