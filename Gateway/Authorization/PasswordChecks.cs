using System.Collections.Concurrent;

namespace Bayou.Gateway.Authorization;

/// <summary>
/// Compares passwords with bcrypt hashes, a few at a time and off the threads that read from connections: a comparison takes tenths of a
/// second, and a crowd of clients that comes back together must not take every processor for that long. Each connection waits for one at most.
/// </summary>
internal sealed class PasswordChecks : IDisposable
{
    private readonly SemaphoreSlim _turns = new(MaxParallel, MaxParallel);
    private readonly ConcurrentDictionary<LoginAttempt, Lazy<Task<bool>>> _shared = new();

    /// <summary>Comparisons at once: one where there is one processor, else two.</summary>
    private static int MaxParallel => Math.Min(Environment.ProcessorCount, 2);

    /// <summary>Compares in its turn. <paramref name="isPointless"/> is asked then: a client that has gone meanwhile costs nothing.</summary>
    public async Task<bool> VerifyAsync(LoginAttempt attempt, Func<bool> isPointless)
    {
        await _turns.WaitAsync();
        try
        {
            return !isPointless() && await Task.Run(attempt.IsTrue);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The same for many connections that ask at the same time whether the same password is right: it is found out once.</summary>
    public async Task<bool> VerifySharedAsync(LoginAttempt attempt)
    {
        LoginAttempt question = attempt.Question;
        Lazy<Task<bool>> answer = _shared.GetOrAdd(question, static (asked, self) => new(() => self.VerifyAsync(asked, static () => false)), this);
        try
        {
            return await answer.Value;
        }
        finally
        {
            _shared.TryRemove(KeyValuePair.Create(question, answer));
        }
    }

    public void Dispose() => _turns.Dispose();
}
