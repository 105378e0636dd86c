using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>
/// From a subject to its subscribers, in a tree with many other subscriptions. <see cref="SameSubject"/> finds the match in the
/// publisher's own cache; <see cref="ManySubjects"/> has too many subjects for any cache and walks the tree. Times are per message.
/// </summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    // More than the publisher's and the shared cache hold together.
    private const int Subjects = 4096;

    private readonly SubjectRouter _router = new();
    private readonly Counter _counter = new();
    private readonly byte[][] _subjects = [.. Enumerable.Range(0, Subjects).Select(i => Encoding.ASCII.GetBytes($"device.{i}.reading"))];
    private InternalPublisher _publisher = null!;

    [Params(1, 4)]
    public int Receivers { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        foreach (byte[] subject in _subjects)
        {
            for (int i = 0; i < Receivers; i++)
                _router.Subscribe(subject, _counter);
        }

        for (int i = 0; i < 100; i++)
            _router.Subscribe(Encoding.ASCII.GetBytes($"device.*.alarm.{i}.>"), _counter);
        _publisher = _router.CreatePublisher();
        SameSubject();
        if (_counter.Count != (long)Subjects * Receivers)
            throw new InvalidOperationException($"{Subjects} messages made {_counter.Count} deliveries.");
    }

    [Benchmark(OperationsPerInvoke = Subjects)]
    public void SameSubject()
    {
        for (int i = 0; i < Subjects; i++)
            _publisher.Publish(_subjects[0], [], "payload"u8);
        _publisher.Flush();
    }

    [Benchmark(OperationsPerInvoke = Subjects)]
    public void ManySubjects()
    {
        foreach (byte[] subject in _subjects)
            _publisher.Publish(subject, [], "payload"u8);
        _publisher.Flush();
    }

    private sealed class Counter : IInternalSubscriber
    {
        public long Count { get; private set; }

        public void OnMessage(in PublishedMessage message) => Count++;

        public void OnReadCompleted(Connection publisher)
        {
            // The benchmark reads the count whenever it likes.
        }
    }
}
