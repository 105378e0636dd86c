using Bayou.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Connections;

/// <summary>What every connection shares.</summary>
internal sealed record ConnectionServices(
    GatewayOptions Options,
    ServerIdentity Identity,
    SubjectRouter Router,
    ConnectionRegistry Registry,
    Authenticator Authenticator,
    TimeProvider Time,
    ILogger<ClientConnection> Logger);
