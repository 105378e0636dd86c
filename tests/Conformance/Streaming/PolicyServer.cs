using Bayou.Conformance.Streaming;
using Xunit;

[assembly: AssemblyFixture(typeof(PolicyServer))]

namespace Bayou.Conformance.Streaming;

/// <summary>A server that was told what clients of NATS Streaming have no words for.</summary>
public sealed class PolicyServer : StreamingServer
{
    protected override string Configuration =>
        """
        streaming { store_limits { max_channels: 0 } }
        bayou {
          duplicate_clients: replace
          channels {
            "patient.*": { redelivery_waits: [ "1500ms", "3s" ] }
            "single.*": { single_active: true }
            "forever.*": { redelivery_waits: [ "1440h" ] }
          }
        }
        """;
}
