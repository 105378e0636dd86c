using System.Diagnostics;
using System.Text.Unicode;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;
using Bayou.Load.Reporting;

namespace Bayou.Load.Scenarios;

/// <summary>
/// Core request and reply: each requester has one request outstanding, one responder connection of this tool echoes them all.
/// The latency is from the write of a request to the read of its reply, and both pass the server once.
/// </summary>
public sealed class RequestScenario(Workload workload) : IScenario
{
    public Workload Workload => workload;

    public RunResult Run(RunContext context)
    {
        using var crew = context.CreateCrew(workload.Patience);
        string subject = UniqueName.Subject();
        var responder = crew.Connect("load-responder");
        responder.Subscribe(subject);
        responder.RoundTrip();
        Requester[] requesters = [.. Enumerable.Range(0, workload.Publishers)
            .Select(i => new Requester(crew.Connect($"load-requester-{i}"), subject, i, workload, context.Progress))];

        crew.Add(() => Respond(responder));
        foreach (var requester in requesters)
            crew.Add(requester.Run);

        var meter = context.StartMeter();
        crew.Run();
        long count = requesters.Sum(requester => requester.Count);
        List<Metric> metrics = [new("requests", count / meter.Elapsed.TotalSeconds, "req/s")];
        metrics.AddRange(meter.CostPerMessage(count));
        var latency = new LatencyHistogram();
        foreach (var requester in requesters)
            latency.Add(requester.Latency);
        return new RunResult([.. metrics, .. latency.ToMetrics()]);
    }

    public IScenario With(Workload other) => new RequestScenario(other);

    private void Respond(NatsConnection connection)
    {
        var output = workload.CreateOutput(connection);
        var check = new OrderCheck(workload.Publishers, workload.SizeBytes);
        while (!check.IsComplete)
        {
            connection.Fill();
            while (connection.TryReceive(out var request))
            {
                check.Accept(request.Payload);
                WriteReply(output, request);
            }

            output.Flush();
        }
    }

    private static void WriteReply(OutputBuffer output, in Message request)
    {
        Span<byte> line = stackalloc byte[32];
        Utf8.TryWrite(line, $" {request.Payload.Length}\r\n", out int lineLength);
        var target = output.Take("PUB "u8.Length + request.ReplyTo.Length + lineLength + request.Payload.Length + 2);
        "PUB "u8.CopyTo(target);
        target = target["PUB "u8.Length..];
        request.ReplyTo.CopyTo(target);
        target = target[request.ReplyTo.Length..];
        line[..lineLength].CopyTo(target);
        target = target[lineLength..];
        request.Payload.CopyTo(target);
        "\r\n"u8.CopyTo(target[request.Payload.Length..]);
    }

    private sealed class Requester
    {
        private readonly NatsConnection _connection;
        private readonly OutputBuffer _output;
        private readonly PublishOperation _request;
        private readonly OrderCheck _check;
        private readonly Workload _workload;
        private readonly ProgressLine _progress;
        private readonly int _index;

        public Requester(NatsConnection connection, string subject, int index, Workload workload, ProgressLine progress)
        {
            string inbox = UniqueName.Inbox();
            _connection = connection;
            _workload = workload;
            _progress = progress;
            _index = index;
            _output = workload.CreateOutput(connection);
            _request = new PublishOperation(subject, inbox, Payload.Create(workload.SizeBytes));
            _check = new OrderCheck(workload.Publishers, workload.SizeBytes);
            connection.Subscribe(inbox);
            connection.RoundTrip();
        }

        public LatencyHistogram Latency { get; } = new();

        public long Count => _check.Count;

        public void Run()
        {
            var quota = _workload.QuotaOf(_index);
            for (bool isLast = false; !isLast;)
            {
                isLast = quota.IsLastSync(Count);
                long start = Stopwatch.GetTimestamp();
                _request.Write(_output, new Stamp(_index, Count, isLast));
                _output.Flush();
                var reply = _connection.Receive();
                Latency.RecordSince(start);
                if (reply.IsNoResponders)
                    throw new LoadException("The server says that nobody answers requests.");
                _check.Accept(reply.Payload);
                _progress.Add(1);
            }
        }
    }
}
