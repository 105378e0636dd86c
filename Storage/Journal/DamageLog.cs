namespace Bayou.Storage.Journal;

/// <summary>Where recovery goes with what it finds: with one policy it ends there, with the other the operator is told.</summary>
internal sealed class DamageLog(DamagePolicy policy, Action<string> log)
{
    public DamagePolicy Policy => policy;

    public void Found(StorageCorruptException damage)
    {
        if (policy == DamagePolicy.Refuse)
        {
            throw damage;
        }

        log($"{damage.Message}.");
    }
}
