using Bayou.Grains.Interfaces;
using Bayou.Grains.Replication;

namespace Bayou.Grains.Monitoring;

/// <summary>Asks silos, in a bounded time. Who does not answer is noted, and the rest goes on.</summary>
public sealed class SiloCalls(ReplicaHost host, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Longer than a silo under load needs, and short enough for somebody who watches.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>This silo's name among its peers.</summary>
    public string Own => host.Services.Peers.Current.OwnName;

    /// <summary>The answers by the names of the silos; those that did not answer go to <paramref name="unanswered"/>.</summary>
    public async Task<Dictionary<string, T>> AskAsync<T>(
        IEnumerable<string> silos, ICollection<string> unanswered, Func<string, Task<T>> askOwn, Func<string, ISiloGrain, Task<T>> ask)
    {
        var answers = await Task.WhenAll(silos.Distinct(StringComparer.Ordinal).Select(async silo => silo == Own
            ? (Silo: silo, HasAnswered: true, Answer: await askOwn(silo))
            : await TryAskAsync(silo, ask)));
        foreach (var (silo, _, _) in answers.Where(answer => !answer.HasAnswered))
        {
            unanswered.Add(silo);
        }

        return answers.Where(answer => answer.HasAnswered).ToDictionary(answer => answer.Silo, answer => answer.Answer);
    }

    private async Task<(string Silo, bool HasAnswered, T Answer)> TryAskAsync<T>(string silo, Func<string, ISiloGrain, Task<T>> ask)
    {
        try
        {
            // A grain call may wait for Orleans to find out that a silo is gone.
            return (silo, true, await ask(silo, grains.GetGrain<ISiloGrain>(silo)).WaitAsync(Patience, time));
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return (silo, false, default!);
        }
    }
}
