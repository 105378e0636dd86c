namespace Bayou.Gateway.Streaming;

/// <summary>A publish that waits until its sender is known: copies of its payload and its reply subject.</summary>
internal readonly record struct DeferredPublish(byte[] Payload, byte[] ReplyTo);
