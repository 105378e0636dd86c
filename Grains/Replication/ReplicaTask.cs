namespace Bayou.Grains.Replication;

/// <summary>Something for a replica to do on its worker.</summary>
internal abstract class ReplicaTask(Replica replica)
{
    public Replica Replica { get; } = replica;

    public abstract void Run();
}
