using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Parses what clients send.</summary>
internal sealed class ClientOperationParser<THandler>(GatewayOptions options, THandler handler) : IOperationParser
    where THandler : struct, IClientCommandHandler
{
    private readonly ClientParser<THandler> _parser = new(options.MaxControlLineBytes, options.MaxPayloadBytes);
    private THandler _handler = handler;

    public ParseStatus Parse(ReadOnlySpan<byte> input, out int consumed, out int needed, out ProtocolError error) =>
        _parser.Parse(input, ref _handler, out consumed, out needed, out error);
}
