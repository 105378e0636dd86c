namespace Bayou.Conformance.Streaming;

/// <summary>A server that gives up clients soon and lets a durable be taken over.</summary>
public sealed class ImpatientServer : StreamingServer
{
    protected override string[] Flags => ["-hbi", "1s", "-hbt", "500ms", "-hbf", "2", "-replace_durable"];
}
