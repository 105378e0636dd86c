using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Xunit;

namespace Bayou.Unit.Grains.Replication;

/// <summary>What a worker has the thread do that comes by with a task.</summary>
public sealed class ReplicaWorkerTests : IReplicaScheduler
{
    private readonly ReplicaWorker _worker;
    private int _scheduledCount;

    public ReplicaWorkerTests()
    {
        var peers = new PeerDirectory(new PeerDirectory.Picture("a", Guid.Empty, new SiloStart(1, 0)));
        _worker = new ReplicaWorker(0, this, new Outbox(peers, new PeerLiveness(TimeSpan.FromMilliseconds(500)), NoPeers.Instance), static exception => Assert.Fail($"{exception}"));
    }

    [Fact]
    public void Visitor_RunsWhatIsQueued()
    {
        var ran = 0;
        _worker.Enqueue(new WorkerAction(_ => ran++));
        _worker.Run();
        Assert.Equal((1, 0), (ran, _scheduledCount));
    }

    [Fact]
    public void Visitor_LeavesWhatMayBlock_AndAllThatComesAfterIt()
    {
        var order = new List<int>();
        _worker.Enqueue(new WorkerAction(_ => order.Add(1)));
        _worker.Enqueue(new WorkerAction(_ => order.Add(2), mayBlock: true));
        _worker.Enqueue(new WorkerAction(_ => order.Add(3)));
        _worker.Run();
        Assert.Equal([1], order);
        Assert.Equal(1, _scheduledCount);

        // Another visitor does not get at it either, and nobody schedules it twice.
        _worker.Run();
        _worker.Schedule();
        Assert.Equal(1, _scheduledCount);

        ((IThreadPoolWorkItem)_worker).Execute();
        Assert.Equal([1, 2, 3], order);
    }

    [Fact]
    public void Visitor_GetsAway_HoweverMuchOthersBring()
    {
        var ran = 0;
        void RunAndBringMore(ReplicaWorker worker)
        {
            ran++;
            if (ran < 10_000) worker.Enqueue(new WorkerAction(RunAndBringMore));
        }

        _worker.Enqueue(new WorkerAction(RunAndBringMore));
        _worker.Run();
        Assert.InRange(ran, 1, 100);
        Assert.Equal(1, _scheduledCount);

        ((IThreadPoolWorkItem)_worker).Execute();
        Assert.Equal((10_000, 1), (ran, _scheduledCount));
    }

    void IReplicaScheduler.Schedule(IThreadPoolWorkItem worker) => _scheduledCount++;

    void IReplicaScheduler.StartJournal(SiloStore store) => throw new NotSupportedException();

    void IReplicaScheduler.RunLong(Func<Task> job) => throw new NotSupportedException();
}
