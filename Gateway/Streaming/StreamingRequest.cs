using Google.Protobuf;

namespace Bayou.Gateway.Streaming;

/// <summary>A request as it arrived.</summary>
/// <param name="connection">Over which it came.</param>
/// <param name="replyTo">Where the answer goes; empty for none.</param>
/// <param name="payload">A copy of its bytes.</param>
/// <param name="replies">Sends the answer.</param>
/// <param name="limit">The time that it gets.</param>
internal sealed class StreamingRequest(
    StreamingConnection connection, string replyTo, byte[] payload, StreamingReplies replies, RequestLimit limit) : IDisposable
{
    private bool _isAnswered;

    public StreamingConnection Connection => connection;

    public byte[] Payload => payload;

    /// <summary>Cancelled when nobody should work at it any more: its client is told that it failed.</summary>
    public CancellationToken GivenUp => limit.Reached;

    /// <summary>Answers it, unless that was done before.</summary>
    public void Answer(IMessage answer)
    {
        if (!_isAnswered)
        {
            _isAnswered = true;
            replies.Send(replyTo, answer);
        }
    }

    public void Dispose() => limit.Dispose();
}
