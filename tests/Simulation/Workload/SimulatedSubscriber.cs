using Bayou.Grains;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Simulation.Engine;
using Bayou.Simulation.Run;
using Bayou.Simulation.Swarm;

namespace Bayou.Simulation.Workload;

/// <summary>
/// One client with one subscription. It comes, receives and acknowledges, leaves with or without a word, and comes back; until it is told to
/// stay and to acknowledge everything.
/// </summary>
internal sealed class SimulatedSubscriber
{
    private static readonly TimeSpan SettledWork = TimeSpan.FromMilliseconds(5);

    private readonly string _name;
    private readonly int _number;
    private readonly SubscribersPlan.Subscriber _plan;
    private readonly RunServices _services;
    private readonly SubscriptionBook _book;
    private readonly Random _random;
    private readonly ServiceCalls _calls;
    private readonly List<GivenMessage> _early = [];
    private SubscribeRequest? _request;
    private AckInbox? _acks;
    private ulong _session;
    private bool _isAway = true;
    private bool _isSettled;

    public SimulatedSubscriber(int number, SubscribersPlan.Subscriber plan, RunServices services, SubscriptionBook book, Random random)
    {
        _name = $"{plan.Name}.{number}";
        _number = number;
        _plan = plan;
        _services = services;
        _book = book;
        _random = random;
        _calls = new ServiceCalls(_name, services, new Random(random.Next()));
    }

    public int Channel => _plan.Channel;

    /// <summary>What it is subscribed to; null while it is not, or does not know.</summary>
    public SubscriptionId? Subscription => _isAway ? null : _acks?.Subscription;

    /// <summary>Who receives, in the history: a group has a new member with each session, a durable goes on with its only one.</summary>
    private int Member => _plan.IsGroup ? (_number << 16) + (int)_session : 0;

    private string ChannelName => _services.Plan.Channels[_plan.Channel];

    private ClientId Client => new(_name);

    private SubscribersPlan Habits => _services.Plan.Subscribers;

    public override string ToString() => _name;

    public void Start() => _services.Loop.Schedule(Draw(Habits.Absence), Come);

    /// <summary>From now on it stays, or comes back, and acknowledges everything.</summary>
    public void Settle() => _isSettled = true;

    private void Come()
    {
        var startsAt = _plan.Kind == SubscriberKind.Plain && _random.Next(2) == 0 ? _services.Cluster.LastAcknowledgedOf(ChannelName) : 0;
        var request = new SubscribeRequest
        {
            Client = Client,
            Session = new SessionEpoch(++_session),
            Inbox = $"{_name}.{_session}",
            QueueGroup = _plan.IsGroup ? _plan.Name : string.Empty,
            DurableName = _plan.IsDurable ? _plan.Name : string.Empty,
            MaxInFlight = _plan.MaxInFlight,
            AckWait = _plan.AckWait,
            StartPosition = startsAt > 0 ? StartPosition.SequenceStart : StartPosition.First,
            StartSequence = startsAt,
            AckSecret = (ulong)_random.NextInt64(1, long.MaxValue),
        };
        _request = request;
        _acks = null;
        _isAway = false;
        _early.Clear();
        Listen();
        Subscribe();
    }

    private void Subscribe()
    {
        var request = _request!;
        _calls.Ask("subscribe", silo => silo.SubscribeAsync(ChannelName, request), reply => OnSubscribed(request, reply.Result!));
    }

    private void OnSubscribed(SubscribeRequest request, SubscribeResult result)
    {
        if (result.Error == ChannelErrors.DuplicateDurable)
        {
            // A request of an earlier session was carried out late.
            EndSession(request.Session.Value - 1, Subscribe);
            return;
        }

        if (result.Error is { } error || !AckInbox.TryParse(result.AckInbox, out var acks))
        {
            throw new SimulationFailureException($"{_name} may not subscribe: {result.Error}");
        }

        _services.Trace.Write(_name, $"has subscription {acks.Subscription} as member {result.MemberId}");
        if (!_book.TryOpen(acks.Subscription, _plan.Name, _plan.Channel, Math.Max(request.StartSequence, 1) - 1, _plan.IsGroup))
        {
            _services.Statistics.Count(Happening.SubscriptionResumed);
        }

        _acks = acks;
        _calls.Ask("start", silo => silo.StartAsync(acks.Subscription, new MemberId(result.MemberId)), static _ => { }, tries: 1);
        Take(acks, new List<GivenMessage>(_early));
        _services.Loop.Schedule(Draw(Habits.Stay), () => Leave(request, acks));
    }

    private void Listen()
    {
        var session = _session;
        _services.Cluster.Inboxes.Listen(_request!.Inbox, (silo, delivery) =>
        {
            if (session == _session && !_isAway)
            {
                OnDelivery(silo, GivenMessage.AllOf(delivery));
            }
        });
    }

    private void OnDelivery(string silo, List<GivenMessage> messages)
    {
        _calls.Follow(silo);
        _services.Trace.Write(_name, $"is given {messages.Count} messages by {silo}: {string.Join(" ", messages.Select(static message => message.Sequence + (message.IsRedelivered ? "R" : "")))}");
        if (_acks is { } acks)
        {
            Take(acks, messages);
        }
        else
        {
            // It has not been told where to acknowledge.
            _early.AddRange(messages);
        }
    }

    private void Take(AckInbox acks, List<GivenMessage> messages)
    {
        foreach (var message in messages)
        {
            _book.Deliver(acks.Subscription, Member, message);
        }

        var session = _session;
        _services.Loop.Schedule((_isSettled ? SettledWork : Habits.Work) * _random.NextDouble(), () =>
        {
            if (session == _session && !_isAway)
            {
                Acknowledge(acks, messages);
            }
        });
    }

    private void Acknowledge(AckInbox acks, List<GivenMessage> messages)
    {
        var ranges = new List<SequenceRange>();
        foreach (var message in messages.Where(_ => _isSettled || _random.NextDouble() >= Habits.ForgottenRate))
        {
            _book.Consume(acks.Subscription, message.Sequence);
            ranges.Add(new SequenceRange(message.Sequence, message.Sequence));
        }

        if (ranges.Count > 0)
        {
            _calls.Ask("take acks", silo => silo.AcknowledgeAsync(acks.Subscription, new AckBatch(acks.Secret, [.. ranges])), static _ => { }, tries: 2);
        }
    }

    private void Leave(SubscribeRequest request, AckInbox acks)
    {
        if (_isSettled)
        {
            return;
        }

        _services.Statistics.Count(Happening.SubscriberLeft);
        switch (_random.Next(3))
        {
            case 0:
                // Its connection is gone for a while, and nobody has noticed.
                _services.Trace.Write(_name, $"does not listen");
                _services.Cluster.Inboxes.Desert(request.Inbox);
                _services.Loop.Schedule(Draw(Habits.Absence), Listen);
                _services.Loop.Schedule(Draw(Habits.Stay) + Habits.Absence, () => Leave(request, acks));
                break;
            case 1:
                _services.Trace.Write(_name, $"dies");
                _isAway = true;
                _services.Cluster.Inboxes.Desert(request.Inbox);
                _services.Loop.Schedule(Draw(Habits.Absence), () => EndSession(_session, ComeLater));
                break;
            default:
                var unsubscribe = new UnsubscribeRequest { Client = Client, Inbox = acks.ToString(), Remove = _random.Next(4) == 0 };
                _isAway = true;
                _calls.Ask(unsubscribe.Remove ? "unsubscribe" : "close", silo => silo.UnsubscribeAsync(ChannelName, unsubscribe), _ => ComeLater());
                break;
        }
    }

    private void ComeLater()
    {
        _services.Cluster.Inboxes.Desert(_request!.Inbox);
        _services.Loop.Schedule(Draw(Habits.Absence), Come);
    }

    private void EndSession(ulong session, Action ended) =>
        _calls.Ask("end the session", silo => silo.EndSessionAsync(ChannelName, Client, new SessionEpoch(session)), _ => ended());

    private TimeSpan Draw(TimeSpan mean) => _random.Exponential(mean);
}
