using System.Globalization;
using Bayou.Checker;

namespace Bayou.Simulation.Tests.Checker;

/// <summary>
/// A history as text, one event or replay a line. A publish is a letter for its connection and a number, as <c>a1</c>; the channel is
/// <c>c</c> unless named behind <c>&gt;</c>; an exclamation mark stands for another content.
/// <code>
/// publish a1 [> d]       ack a1 [@3]      refuse a1      abandon a1      resend a1
/// replay n1 [> d]: 1=a1 2=b1 ...          glimpse n1: 1=a1        (a replay that need not be complete; a last message ! breaks it off;
///                                                                     3- shows nothing, where 3 would be the first)
/// subscribe s1 [after 4] [group]          deliver s1[/member] 3=a1        redeliver s1 3=a1      consume s1 3      drained s1
/// trim 5     drop 5      limit 100        digest n1 17 77
/// heal 10                accept 12        settle n1 17 15          (the last number: seconds)
/// </code>
/// </summary>
internal sealed class HistoryText
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<HistoryEvent> _events = [];
    private readonly Names _names = new();
    private readonly Dictionary<int, string> _connections = [];

    private HistoryText()
    {
    }

    public static Report Check(string text)
    {
        var parser = new HistoryText();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            parser.Read(line);
        }

        return HistoryChecker.Check(parser._names, parser._events);
    }

    private void Read(string line)
    {
        var (head, tail) = line.Split(": ", 2) is [var before, var after] ? (before, after) : (line.TrimEnd(':'), "");
        var words = new Queue<string>(head.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var verb = words.Dequeue();
        var item = verb switch
        {
            "publish" or "ack" or "refuse" or "abandon" or "resend" => Publish(verb, words),
            "replay" or "glimpse" => Replay(verb == "replay", words, tail),
            "subscribe" => Subscribe(words),
            "deliver" or "redeliver" => Deliver(verb == "redeliver", words),
            "consume" => new HistoryEvent { Kind = EventKind.Consumed, Actor = Subscription(words.Dequeue()), Sequence = Number(words) },
            "drained" => new HistoryEvent { Kind = EventKind.Drained, Actor = Subscription(words.Dequeue()) },
            "trim" => new HistoryEvent { Kind = EventKind.Trimmed, Sequence = Number(words), Channel = Channel(words) },
            "drop" => new HistoryEvent { Kind = EventKind.Dropped, Sequence = Number(words), Channel = Channel(words) },
            "limit" => new HistoryEvent { Kind = EventKind.Limited, Sequence = Number(words), Channel = Channel(words) },
            "digest" => new HistoryEvent { Kind = EventKind.Digested, Actor = Node(words.Dequeue()), Sequence = Number(words), Hash = Number(words), Channel = Channel(words) },
            "restart" => new HistoryEvent { Kind = EventKind.Restarted, Actor = Node(words.Dequeue()) },
            "heal" => new HistoryEvent { Kind = EventKind.Healed, Time = Seconds(words) },
            "accept" => new HistoryEvent { Kind = EventKind.Accepted, Time = Seconds(words), Channel = Channel(words) },
            "settle" => new HistoryEvent { Kind = EventKind.Settled, Actor = Node(words.Dequeue()), Sequence = Number(words), Time = Seconds(words), Channel = Channel(words) },
            _ => throw new FormatException(line),
        };
        _events.Add(item);
        if (words.Count > 0)
        {
            throw new FormatException($"'{line}' has more than is understood: {string.Join(' ', words)}");
        }
    }

    private HistoryEvent Publish(string verb, Queue<string> words)
    {
        var (value, hash) = Value(words.Dequeue());
        var kind = verb switch
        {
            "publish" => EventKind.Published,
            "ack" => EventKind.Acknowledged,
            "refuse" => EventKind.Refused,
            "abandon" => EventKind.Abandoned,
            _ => EventKind.Resent,
        };
        var sequence = words.TryPeek(out var at) && at[0] == '@' ? ulong.Parse(words.Dequeue()[1..], CultureInfo.InvariantCulture) : 0;
        return new HistoryEvent { Kind = kind, Value = value, Hash = hash, Sequence = sequence, Channel = Channel(words) };
    }

    private HistoryEvent Replay(bool isComplete, Queue<string> words, string messages)
    {
        var node = Node(words.Dequeue());
        var channel = Channel(words);
        _events.Add(new HistoryEvent { Kind = EventKind.ReplayStarted, Actor = node, Channel = channel, IsComplete = isComplete });
        var isBrokenOff = false;
        var first = messages.EndsWith('-') ? ulong.Parse(messages[..^1], CultureInfo.InvariantCulture) : 0;
        messages = first > 0 ? "" : messages;
        foreach (var message in messages.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            isBrokenOff |= message == "!";
            if (isBrokenOff)
            {
                continue;
            }

            _events.Add(Message(message) with { Kind = EventKind.Replayed, Actor = node, Channel = channel });
        }

        return new HistoryEvent { Kind = EventKind.ReplayEnded, Actor = node, Channel = channel, Sequence = first, IsBrokenOff = isBrokenOff };
    }

    private HistoryEvent Subscribe(Queue<string> words)
    {
        var subscription = Subscription(words.Dequeue());
        var after = words.TryPeek(out var word) && word == "after" && words.Dequeue().Length > 0 ? Number(words) : 0;
        var isGroup = words.TryPeek(out word) && word == "group" && words.Dequeue().Length > 0;
        return new HistoryEvent { Kind = EventKind.Subscribed, Actor = subscription, Sequence = after, IsQueueGroup = isGroup, Channel = Channel(words) };
    }

    private HistoryEvent Deliver(bool isRedelivered, Queue<string> words)
    {
        var receiver = words.Dequeue().Split('/');
        var member = receiver.Length > 1 ? int.Parse(receiver[1], CultureInfo.InvariantCulture) : 0;
        return Message(words.Dequeue()) with { Kind = EventKind.Delivered, Actor = Subscription(receiver[0]), Member = member, IsRedelivered = isRedelivered };
    }

    private HistoryEvent Message(string text)
    {
        var parts = text.Split('=');
        var (value, hash) = Value(parts[1]);
        return new HistoryEvent { Kind = EventKind.Replayed, Sequence = ulong.Parse(parts[0], CultureInfo.InvariantCulture), Value = value, Hash = hash };
    }

    private (Value Value, ulong Hash) Value(string text)
    {
        if (text == "?")
        {
            return (Bayou.Checker.Value.None, 0);
        }

        var connection = Id("connection " + text[0], _names.AddConnection, text[..1]);
        return (new Value(connection, int.Parse(text[1..].TrimEnd('!'), CultureInfo.InvariantCulture)), text.EndsWith('!') ? 1u : 0u);
    }

    private int Channel(Queue<string> words)
    {
        var isNamed = words.TryPeek(out var word) && word == ">" && words.Dequeue().Length > 0;
        _ = Id("channel c", _names.AddChannel, "c");
        return isNamed ? Id("channel " + words.Peek(), _names.AddChannel, words.Dequeue()) : 0;
    }

    private int Node(string name) => Id("node " + name, _names.AddNode, name);

    private int Subscription(string name) => Id("subscription " + name, _names.AddSubscription, name);

    private int Id(string key, Func<string, int> add, string name) => _ids.TryGetValue(key, out var id) ? id : _ids[key] = add(name);

    private static ulong Number(Queue<string> words) => ulong.Parse(words.Dequeue(), CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(Queue<string> words) => TimeSpan.FromSeconds(double.Parse(words.Dequeue(), CultureInfo.InvariantCulture));
}
