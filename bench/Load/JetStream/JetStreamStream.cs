using System.Text;
using Bayou.Load.Logs;
using Bayou.Load.Nats;
using Bayou.Load.Scenarios;

namespace Bayou.Load.JetStream;

/// <summary>A stream as durable log: made for one run and deleted after it.</summary>
public sealed class JetStreamStream : IDurableLog
{
    private readonly JetStreamSettings _settings;
    private readonly JetStreamApi _api;
    private readonly string _name = "load-" + UniqueName.Token();
    private readonly string _subject = UniqueName.Subject();

    public JetStreamStream(Crew crew, JetStreamSettings settings)
    {
        _settings = settings;
        _api = new JetStreamApi(crew.Connect("load-api"));
        _api.CreateStream(_name, _subject, settings.Storage, settings.Replicas);
    }

    public IPublishPort OpenPublisher(Crew crew, int index, Workload workload) =>
        new JetStreamPublishPort(crew.Connect($"load-pub-{index}"), _subject, workload.SizeBytes);

    public ISubscribePort OpenSubscriber(Crew crew, int index, LogStart start)
    {
        var connection = crew.Connect($"load-sub-{index}");
        string inbox = UniqueName.Inbox();
        connection.Subscribe(inbox);
        connection.RoundTrip();
        string consumer = $"sub-{index}";
        _api.CreateConsumer(_name, consumer, _settings.IsPull ? null : inbox, start == LogStart.First, _settings.MaxInFlight);
        return _settings.IsPull ? OpenPull(connection, consumer, inbox) : new JetStreamSubscribePort(connection, null, 0);
    }

    public void Delete() => _api.DeleteStream(_name);

    private JetStreamSubscribePort OpenPull(NatsConnection connection, string consumer, string inbox)
    {
        int half = Math.Max(1, _settings.PullBatch / 2);
        string body = $"{{\"batch\":{half},\"expires\":300000000000}}";
        byte[] request = PublishOperation.Encode($"$JS.API.CONSUMER.MSG.NEXT.{_name}.{consumer}", inbox, Encoding.UTF8.GetBytes(body));
        connection.Send(request);
        connection.Send(request);
        return new JetStreamSubscribePort(connection, request, half);
    }
}
