using Bayou.Gateway.Connections;

namespace Bayou.Gateway.Tls;

/// <summary>The feature of a connection whose client was greeted before the handshake.</summary>
internal sealed class GreetedClient(Greeting greeting)
{
    public Greeting Greeting => greeting;

    /// <summary>The handshake went well.</summary>
    public bool IsSecured { get; set; }
}
