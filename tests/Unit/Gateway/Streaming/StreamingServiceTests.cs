using System.Text;
using Bayou.Gateway.Routing;
using Bayou.Gateway.Streaming;
using Bayou.Gateway.Streaming.Wire;
using Bayou.Unit.Gateway.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

public sealed class StreamingServiceTests : IDisposable
{
    private const string Inbox = "_INBOX.answers";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(7);

    private readonly SubjectRouter _router = new();
    private readonly FakeTimeProvider _time = new();
    private readonly AnswerInbox _answers = new();
    private readonly StreamingService _service;
    private readonly FakeClient _client;

    public StreamingServiceTests()
    {
        _service = new StreamingService(_router, RequestTimeout, _time);
        _client = new FakeClient(_router);
        _router.Subscribe(Encoding.ASCII.GetBytes(Inbox), _answers);
    }

    [Fact]
    public void WithoutTheCluster_OnlyWhatIsKeptHasAListener()
    {
        _service.Offer("offered", _answers);
        _service.Keep("kept", _answers);
        Assert.Equal((1, 1), (Listeners("offered"), Listeners("kept")));

        _service.Withdraw();
        _service.Offer("late", _answers);
        Assert.Equal((0, 0, 1), (Listeners("offered"), Listeners("late"), Listeners("kept")));

        _service.Restore();
        _service.Restore();
        Assert.Equal((1, 1, 1), (Listeners("offered"), Listeners("late"), Listeners("kept")));
    }

    [Fact]
    public void AfterTheEnd_NothingComesBack()
    {
        _service.Offer("offered", _answers);
        _service.Keep("kept", _answers);
        _service.Withdraw();
        _service.End();
        _service.Restore();

        Assert.Equal((0, 0), (Listeners("offered"), Listeners("kept")));
    }

    [Fact]
    public async Task RequestUnderWay_IsRefusedWhenTheClusterIsLost()
    {
        Serve(static request => Task.Delay(Timeout.Infinite, request.GivenUp));
        Request();
        Assert.Empty(_answers.Errors);
        _service.Withdraw();

        Assert.Equal("leadership lost while committing log", await _answers.NextAsync());
    }

    [Fact]
    public async Task RequestThatTakesTooLong_IsRefused()
    {
        Serve(static request => Task.Delay(Timeout.Infinite, request.GivenUp));
        Request();
        _time.Advance(RequestTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_answers.Errors);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("leadership lost while committing log", await _answers.NextAsync());
    }

    [Fact]
    public async Task RequestThatFails_IsRefusedUnlessItWasAnsweredBefore()
    {
        Serve(static request =>
        {
            if (request.Payload.Length > 0) request.Answer(new CloseResponse { Error = "answered" });
            throw new TimeoutException();
        });
        Request("x");
        Request();

        Assert.Equal("answered", await _answers.NextAsync());
        Assert.Equal("leadership lost while committing log", await _answers.NextAsync());
        Assert.Empty(_answers.Errors);
    }

    [Fact]
    public async Task RequestAfterTheClusterIsBack_GetsItsTime()
    {
        _service.Withdraw();
        _service.Restore();
        Serve(static request =>
        {
            request.GivenUp.ThrowIfCancellationRequested();
            request.Answer(new CloseResponse { Error = "answered" });
            return Task.CompletedTask;
        });
        Request();

        Assert.Equal("answered", await _answers.NextAsync());
    }

    public void Dispose()
    {
        _service.Dispose();
        _client.Dispose();
        _answers.Dispose();
    }

    private int Listeners(string subject) => _client.Publish(subject).ReceiverCount;

    private void Serve(Func<StreamingRequest, Task> handle) => _service.Offer(
        "close",
        new RequestSubscriber(
            _service, new StreamingReplies(_router), handle, static error => new CloseResponse { Error = error }, afterPublishes: false, NullLogger.Instance));

    private void Request(string payload = "") => _client.Connection.Dispatcher.Dispatch(new PublishedMessage
    {
        Publisher = _client.Connection,
        Subject = "close"u8,
        ReplyTo = Encoding.ASCII.GetBytes(Inbox),
        Payload = Encoding.ASCII.GetBytes(payload),
        TotalSizeDigits = "0"u8,
    });

    /// <summary>Where the answers go.</summary>
    private sealed class AnswerInbox : IInternalSubscriber, IDisposable
    {
        private readonly SemaphoreSlim _arrived = new(0);

        public System.Collections.Concurrent.ConcurrentQueue<string> Errors { get; } = new();

        public async Task<string> NextAsync()
        {
            Assert.True(await _arrived.WaitAsync(Patience, TestContext.Current.CancellationToken));
            Assert.True(Errors.TryDequeue(out var error));
            return error;
        }

        public void OnMessage(in PublishedMessage message)
        {
            if (message.Subject.SequenceEqual(Encoding.ASCII.GetBytes(Inbox)))
            {
                Errors.Enqueue(CloseResponse.Parser.ParseFrom(message.Payload).Error);
                _arrived.Release();
            }
        }

        public void OnReadCompleted(Bayou.Gateway.Connections.Connection publisher)
        {
        }

        public void Dispose() => _arrived.Dispose();
    }
}
