namespace Bayou.Gateway.Connections;

/// <summary>A pooled buffer and how much of it is filled.</summary>
internal readonly record struct OutboundSlab(byte[] Buffer, int Length);
