using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>A parser with its handler. The choice between handlers costs one virtual call for each read and none for a message.</summary>
internal interface IOperationParser
{
    /// <inheritdoc cref="ClientParser{THandler}.Parse"/>
    ParseStatus Parse(ReadOnlySpan<byte> input, out int consumed, out int needed, out ProtocolError error);
}
