using System.Threading.Channels;

namespace Bayou.TestKit.Nats;

/// <summary>A subject that a connection listens to, with the messages that came and were not taken yet.</summary>
public sealed class NatsSubscription
{
    private readonly Channel<NatsMessage> _messages = Channel.CreateUnbounded<NatsMessage>();
    private readonly Lock _accepting = new();
    private Action<NatsMessage>? _handler;

    internal NatsSubscription(int id, string subject, string? queue, Action<NatsMessage>? handler)
    {
        Id = id;
        Subject = subject;
        Queue = queue;
        _handler = handler;
    }

    public int Id { get; }

    public string Subject { get; }

    public string? Queue { get; }

    internal string Operation => Queue is null ? $"SUB {Subject} {Id}\r\n" : $"SUB {Subject} {Queue} {Id}\r\n";

    /// <summary>The next message; it must come.</summary>
    public async Task<NatsMessage> NextAsync() =>
        await NextOrNullAsync(Patience.Long) ?? throw new TimeoutException($"No message came on {Subject}.");

    /// <summary>The next message, or null if none comes in time.</summary>
    public async Task<NatsMessage?> NextOrNullAsync(TimeSpan patience)
    {
        if (_messages.Reader.TryRead(out NatsMessage? message)) return message;
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            return await _messages.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A message that has already come, or null.</summary>
    public NatsMessage? TakeOrNull() => _messages.Reader.TryRead(out NatsMessage? message) ? message : null;

    /// <summary>Hands over what came and, on the connection's reader, what will come.</summary>
    public void Drain(Action<NatsMessage> handler)
    {
        lock (_accepting)
        {
            _handler = handler;
            while (TakeOrNull() is { } message) handler(message);
        }
    }

    internal void Accept(NatsMessage message)
    {
        lock (_accepting)
        {
            if (_handler is null) _messages.Writer.TryWrite(message);
            else _handler(message);
        }
    }
}
