using System.Diagnostics;
using System.Net.Sockets;

namespace Bayou.Load.Stan;

/// <summary>Answers the heartbeats of many idle sessions with one thread.</summary>
public static class SessionKeeper
{
    private const int PollMicroseconds = 100_000;

    /// <summary>Keeps the sessions alive for <paramref name="time"/>, or until a key is pressed on a terminal.</summary>
    public static void Keep(IReadOnlyList<StanSession> sessions, TimeSpan time)
    {
        var bySocket = sessions.ToDictionary(session => session.Connection.Socket);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time && !IsKeyPressed())
        {
            List<Socket> readable = [.. bySocket.Keys];
            Socket.Select(readable, null, null, PollMicroseconds);
            foreach (var socket in readable)
                Answer(bySocket[socket]);
        }
    }

    private static void Answer(StanSession session)
    {
        session.Connection.Fill();
        while (session.Connection.TryReceive(out var message))
        {
            if (!session.TryAnswerHeartbeat(message))
                throw new LoadException($"Client {session.ClientId} got a message that nobody sent.");
        }
    }

    private static bool IsKeyPressed() => !Console.IsInputRedirected && Console.KeyAvailable;
}
