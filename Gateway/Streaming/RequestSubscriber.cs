using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>Hands requests of one kind, one at a time per connection, to what answers them.</summary>
/// <param name="service">Says how long a request may take.</param>
/// <param name="replies">Sends the answers.</param>
/// <param name="handle">Answers a request.</param>
/// <param name="refusal">The answer with an error text; null for requests that are better not answered than refused.</param>
/// <param name="afterPublishes">Whether a request waits until everything that its connection published before is answered.</param>
/// <param name="logger">Hears of requests that failed.</param>
internal sealed class RequestSubscriber(
    StreamingService service, StreamingReplies replies, Func<StreamingRequest, Task> handle, Func<string, IMessage>? refusal, bool afterPublishes,
    ILogger logger) : IInternalSubscriber
{
    public void OnMessage(in PublishedMessage message)
    {
        if (message.Publisher is not { } publisher)
        {
            return;
        }

        var connection = StreamingConnection.Of(publisher);
        var subject = Encoding.UTF8.GetString(message.Subject);

        var request = new StreamingRequest(
            connection, Encoding.UTF8.GetString(message.ReplyTo), message.Payload.ToArray(), replies, service.NewLimit());

        // Taken here, on the read loop: what must wait for earlier publishes waits for exactly these.
        var publishesBefore = afterPublishes ? connection.WhenPublishesCompletedAsync() : Task.CompletedTask;
        if (!connection.TryEnqueueControl(() => HandleAsync(request, publishesBefore, subject)))
        {
            StreamingLog.RequestDropped(logger, subject);
            Refuse(request, StanErrors.EnqueueTimedOut);
            request.Dispose();
        }
    }

    public void OnReadCompleted(Connection publisher)
    {
        // Requests are acted on one by one, as they come.
    }

    private async Task HandleAsync(StreamingRequest request, Task publishesBefore, string subject)
    {
        using (request)
        {
            try
            {
                await publishesBefore.WaitAsync(request.GivenUp);
                await handle(request);
            }
            catch (OperationCanceledException) when (request.GivenUp.IsCancellationRequested)
            {
                StreamingLog.RequestGivenUp(logger, subject);
                Refuse(request, StanErrors.LeadershipLost);
            }
            catch (Exception exception)
            {
                StreamingLog.RequestFailed(logger, exception, subject);
                Refuse(request, StanErrors.LeadershipLost);
            }
        }
    }

    private void Refuse(StreamingRequest request, string error)
    {
        if (refusal is not null)
        {
            request.Answer(refusal(error));
        }
    }
}
