using System.Buffers.Text;

namespace Bayou.Gateway.Routing;

/// <summary>Publishes on behalf of the server itself. Not thread-safe: one per thread of control.</summary>
public sealed class InternalPublisher
{
    private const int MaxSizeDigits = 10;
    private readonly MessageDispatcher _dispatcher;

    internal InternalPublisher(MessageDispatcher dispatcher) => _dispatcher = dispatcher;

    /// <summary>
    /// Queues a message for every receiver. Call <see cref="Flush"/> when there is nothing more to publish at the moment;
    /// until then receivers may not get it, whoever else publishes to them.
    /// </summary>
    public PublishOutcome Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlySpan<byte> payload)
    {
        Span<byte> digits = stackalloc byte[MaxSizeDigits];
        Utf8Formatter.TryFormat(payload.Length, digits, out int digitCount);
        return _dispatcher.Dispatch(new PublishedMessage
        {
            Subject = subject,
            ReplyTo = replyTo,
            Payload = payload,
            TotalSizeDigits = digits[..digitCount],
        });
    }

    /// <summary>Lets every receiver write what it got; each is signalled once.</summary>
    public void Flush() => _dispatcher.Flush();
}
