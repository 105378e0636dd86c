namespace Bayou.Unit.Gateway.Streaming.Monitoring;

/// <summary>A request to a NATS Streaming server, the status of its answer, and the file that holds the body.</summary>
internal sealed record RecordedRequest(string Target, int Status, string File);
