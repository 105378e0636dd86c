using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;

namespace Bayou.Gateway.Streaming;

/// <summary>Sends requests to clients' inboxes and waits for any reply: heartbeats.</summary>
internal sealed class InboxRequests : IInternalSubscriber
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _waiting = new();
    private readonly StreamingReplies _replies;
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private ulong _lastNumber;

    public InboxRequests(GatewayId gateway, StreamingReplies replies, SubjectRouter router, TimeProvider time)
    {
        _replies = replies;
        _time = time;
        _prefix = string.Create(CultureInfo.InvariantCulture, $"_INBOX.bayougw{gateway}.");

        // Whoever answers may be a client of another server.
        router.Subscribe(Encoding.UTF8.GetBytes(_prefix + "*"), this, scope: InterestScope.Cluster);
    }

    public async Task<RequestOutcome> RequestAsync(string inbox, TimeSpan timeout)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var reply = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = reply;
        try
        {
            var replyTo = Encoding.UTF8.GetBytes(_prefix + number.ToString(CultureInfo.InvariantCulture));
            if (_replies.Send(Encoding.UTF8.GetBytes(inbox), replyTo, payload: []) == 0)
            {
                return RequestOutcome.NoResponders;
            }

            await reply.Task.WaitAsync(timeout, _time);
            return RequestOutcome.Replied;
        }
        catch (TimeoutException)
        {
            return RequestOutcome.TimedOut;
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }

    public void OnMessage(in PublishedMessage message)
    {
        // A 503 status says that nobody is there; it comes back to the inbox like any reply, but it is none.
        if (message.Headers.IsEmpty
            && Utf8Parser.TryParse(message.Subject[_prefix.Length..], out ulong number, out _)
            && _waiting.TryGetValue(number, out var reply))
        {
            reply.TrySetResult();
        }
    }

    public void OnReadCompleted(Connection publisher)
    {
        // Each reply stands alone.
    }
}
