using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Connections;

/// <summary>Parses what clients send.</summary>
internal sealed class ClientOperationParser<THandler>(GatewayOptions options, THandler handler) : IClientOperationParser
    where THandler : struct, IClientCommandHandler
{
    /// <summary>Two numbers, each written at once: a message is judged by the old limits or by the new ones.</summary>
    private ClientParser<THandler> _parser = ParserFor(options);
    private THandler _handler = handler;

    public ParseStatus Parse(ReadOnlySpan<byte> input, out int consumed, out int needed, out ProtocolError error) =>
        _parser.Parse(input, ref _handler, out consumed, out needed, out error);

    public void Limit(GatewayOptions options) => _parser = ParserFor(options);

    private static ClientParser<THandler> ParserFor(GatewayOptions options) => new(options.MaxControlLineBytes, options.MaxPayloadBytes);
}
