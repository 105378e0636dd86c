using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Hands requests of one kind, one at a time per connection, to what answers them.</summary>
internal sealed class RequestSubscriber(Func<StreamingRequest, Task> handle, ILogger logger) : IInternalSubscriber
{
    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher)
        {
            return;
        }

        var connection = StreamingConnection.Of(publisher);
        var subject = Encoding.UTF8.GetString(message.Subject);

        // Taken here, on the read loop: a request that must wait for earlier publishes waits for exactly these.
        var request = new StreamingRequest(
            connection,
            Encoding.UTF8.GetString(message.ReplyTo),
            message.Payload.ToArray(),
            connection.WhenPublishesCompletedAsync());
        if (!connection.TryEnqueueControl(() => HandleAsync(request, subject)))
        {
            StreamingLog.RequestDropped(logger, subject);
        }
    }

    public void OnReadCompleted(ClientConnection publisher)
    {
        // Requests are acted on one by one, as they come.
    }

    private async Task HandleAsync(StreamingRequest request, string subject)
    {
        try
        {
            await handle(request);
        }
        catch (Exception exception)
        {
            // Without an answer the client times out, as it does when a STAN server fails in the middle of a request.
            StreamingLog.RequestFailed(logger, exception, subject);
        }
    }
}
