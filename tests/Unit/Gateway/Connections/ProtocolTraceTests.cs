using System.Text;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bayou.Unit.Gateway.Connections;

public sealed class ProtocolTraceTests : IDisposable
{
    private readonly FakeClient _client = new(new SubjectRouter(), id: 7);
    private readonly LineLog _log = new();

    [Theory]
    [InlineData("""{"user":"u","pass":"s3cret"}""")]
    [InlineData("""{"PASS" : "s3cret","x":1}""")]
    [InlineData("""{"auth_token":"s3cret"}""")]
    [InlineData("""{"jwt":"s3cret","nkey":"s3cret","sig":"s3cret"}""")]
    [InlineData("""{"pass":"a\"s3cret"}""")]
    [InlineData("""{"pass":"s3cret""")]
    public void SecretsOfConnect_AreLeftOut(string json)
    {
        NewTrace().OnReceived("connect"u8, Encoding.UTF8.GetBytes(json));

        Assert.DoesNotContain("s3cret", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Contains("[REDACTED]", _log.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "\"0123456789\"")]
    [InlineData(10, "\"0123456789\"")]
    [InlineData(4, "\"0123...\"")]
    public void Payload_IsCutAtTheLimit(int limit, string expected)
    {
        NewTrace(limit).OnPayload(default, "0123456789"u8);

        Assert.EndsWith($" - cid:7 - <<- MSG_PAYLOAD: [{expected}]", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INFO {} \r\n", null)]
    [InlineData("+OK\r\n", "OK")]
    [InlineData("PONG\r\n", "PONG")]
    [InlineData("-ERR 'Stale Connection'\r\n", "-ERR Stale Connection")]
    public void ControlLineThatLeaves_IsShownWithoutItsMarks(string line, string? expected)
    {
        NewTrace().OnSent(Encoding.UTF8.GetBytes(line));

        if (expected is null) Assert.Empty(_log.Lines);
        else Assert.EndsWith($" - ->> [{expected}]", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    public void Dispose() => _client.Dispose();

    private ProtocolTrace NewTrace(int limit = 0) => new(_log, _client.Connection, limit);

    private sealed class LineLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
