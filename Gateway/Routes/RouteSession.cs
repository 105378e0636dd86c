using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Routes;

/// <summary>One connection to another server from the first byte to the last, whichever of the two dialed.</summary>
internal sealed partial class RouteSession : IDisposable
{
    private readonly ConnectionServices _services;
    private readonly RouteAuthenticator _authenticator;
    private readonly LivenessTimer _liveness;

    public RouteSession(RouteConnection route, IConnectionTransport transport, RouteMesh mesh, RouteAuthenticator authenticator, ConnectionServices services)
    {
        Route = route;
        Mesh = mesh;
        _services = services;
        _authenticator = authenticator;
        Reader = new ConnectionReader(route, transport, CreateParser(), services);
        _liveness = new LivenessTimer(route, () => LivenessLimits.OfRoutes(services.Options, authenticator.Timeout), services.Time);
        IsAuthenticated = route.IsSolicited || !authenticator.IsRequired;
    }

    public RouteConnection Route { get; }

    public RouteMesh Mesh { get; }

    public ConnectionReader Reader { get; }

    public bool IsAuthenticated { get; private set; }

    /// <summary>Serves the other server until either side ends the connection.</summary>
    public async Task RunAsync()
    {
        Task writing = Route.RunWriterAsync();
        _services.Registry.Track(Route);
        Route.Send(Mesh.Greet(Route));
        LogCreated(_services.Logger, Route);
        _liveness.Start(awaitConnect: !IsAuthenticated);
        await Reader.RunAsync();

        _liveness.Dispose();
        ClosedReason reason = Route.ClosedReason ?? ClosedReason.ClientClosed;
        if (reason is ClosedReason.SlowConsumerPendingBytes or ClosedReason.SlowConsumerWriteDeadline) LogSlowConsumer(_services.Logger, Route, ClosedReasons.Text(reason));
        LogClosed(_services.Logger, Route, ClosedReasons.Text(reason));
        Mesh.OnClosed(Route);
        await Route.EndAsync(writing, _services.Options.WriteDeadline, _services.Time);
        _services.Registry.Forget(Route);
    }

    public void Dispose() => _liveness.Dispose();

    public bool TryAuthenticate(RouteConnect connect)
    {
        IsAuthenticated = _authenticator.Accepts(connect);
        if (IsAuthenticated) _liveness.OnConnected();
        else LogAuthenticationFailed(_services.Logger, Route);
        return IsAuthenticated;
    }

    public void OnPong() => _liveness.OnPong();

    public void OnError(string text) => LogRouteError(_services.Logger, Route, text);

    private IOperationParser CreateParser()
    {
        var commands = new RouteCommands(this);
        return Route.Trace is { } trace
            ? new RouteOperationParser<TracingRouteCommands>(_services.Options, new TracingRouteCommands(commands, trace))
            : new RouteOperationParser<RouteCommands>(_services.Options, commands);
    }
}
