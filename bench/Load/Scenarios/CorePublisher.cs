using Bayou.Load.Nats;
using Bayou.Load.Protocol;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>Publishes its share as fast as the server takes it, and never further ahead of the slowest subscriber than the limit.</summary>
public sealed class CorePublisher(NatsConnection connection, SubjectSpread subjects, int index, Workload workload, ProgressLine progress)
{
    // Far below the 64 MiB of pending output at which a NATS server drops a subscriber, so that a run
    // measures the server and not its defence against slow consumers.
    private const long MaxAheadBytes = 16 * 1024 * 1024;

    private readonly OutputBuffer _output = workload.CreateOutput(connection);
    private readonly PublishOperation[] _operations =
        [.. subjects.All().Select(subject => new PublishOperation(subject, replyTo: null, Payload.Create(workload.SizeBytes)))];

    private int _nextSubject;

    /// <summary>Messages published.</summary>
    public long Count { get; private set; }

    public void Run(IReadOnlyList<Gate> subscribers)
    {
        var quota = workload.QuotaOf(index);
        int operationBytes = _operations[0].Length;
        int batch = Math.Max(1, OutputBuffer.DefaultBatchBytes / operationBytes);
        long maxAhead = Math.Max(batch, MaxAheadBytes / operationBytes / workload.Publishers);
        for (bool isLast = false; !isLast;)
        {
            isLast = WriteBatch(quota, batch);
            progress.Add(batch);
            foreach (var subscriber in subscribers)
                subscriber.WaitFor((Count - maxAhead) * workload.Publishers);
        }

        _output.Flush();
        connection.RoundTrip();
    }

    private bool WriteBatch(Quota quota, int batch)
    {
        for (int i = 0; i < batch; i++)
        {
            bool isLast = quota.IsLast(Count);
            NextOperation().Write(_output, new Stamp(index, Count++, isLast));
            if (isLast)
                return true;
        }

        return false;
    }

    private PublishOperation NextOperation()
    {
        var operation = _operations[_nextSubject];
        _nextSubject = _nextSubject + 1 == _operations.Length ? 0 : _nextSubject + 1;
        return operation;
    }
}
