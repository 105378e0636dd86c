using Bayou.Gateway.Connections;
using Bayou.Gateway.Protocol;

namespace Bayou.Gateway.Routes;

/// <summary>Parses what other servers send.</summary>
internal sealed class RouteOperationParser<THandler>(GatewayOptions options, THandler handler) : IOperationParser
    where THandler : struct, IRouteCommandHandler
{
    /// <summary>An INFO that names many servers, or a message for many queue groups, is longer than what clients send.</summary>
    private const int MaxControlLineBytes = 256 * 1024;

    // No server of the cluster allows its clients more than may be pending for one of them.
    private readonly RouteParser<THandler> _parser = new(MaxControlLineBytes, (int)Math.Min(options.MaxPendingBytes, int.MaxValue));
    private THandler _handler = handler;

    public ParseStatus Parse(ReadOnlySpan<byte> input, out int consumed, out int needed, out ProtocolError error) =>
        _parser.Parse(input, ref _handler, out consumed, out needed, out error);
}
