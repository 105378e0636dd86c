using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Hands requests of one kind, one at a time per connection, to what answers them.</summary>
/// <param name="handle">Answers a request.</param>
/// <param name="afterPublishes">Whether a request waits until everything that its connection published before is answered.</param>
/// <param name="logger">Hears of requests that failed.</param>
internal sealed class RequestSubscriber(Func<StreamingRequest, Task> handle, bool afterPublishes, ILogger logger) : IInternalSubscriber
{
    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher)
        {
            return;
        }

        var connection = StreamingConnection.Of(publisher);
        var subject = Encoding.UTF8.GetString(message.Subject);

        var request = new StreamingRequest(connection, Encoding.UTF8.GetString(message.ReplyTo), message.Payload.ToArray());

        // Taken here, on the read loop: what must wait for earlier publishes waits for exactly these.
        var publishesBefore = afterPublishes ? connection.WhenPublishesCompletedAsync() : Task.CompletedTask;
        if (!connection.TryEnqueueControl(() => HandleAsync(request, publishesBefore, subject)))
        {
            StreamingLog.RequestDropped(logger, subject);
        }
    }

    public void OnReadCompleted(Connection publisher)
    {
        // Requests are acted on one by one, as they come.
    }

    private async Task HandleAsync(StreamingRequest request, Task publishesBefore, string subject)
    {
        try
        {
            await publishesBefore;
            await handle(request);
        }
        catch (Exception exception)
        {
            // Without an answer the client times out, as it does when a STAN server fails in the middle of a request.
            StreamingLog.RequestFailed(logger, exception, subject);
        }
    }
}
