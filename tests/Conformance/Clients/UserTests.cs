using Bayou.Conformance.Streaming;
using Xunit;

namespace Bayou.Conformance.Clients;

/// <summary>Clients that nobody here wrote, as one of several users of a configuration file.</summary>
public sealed class UserTests(UserTests.Server server, NodePrograms programs) : IClassFixture<UserTests.Server>
{
    [Theory]
    [InlineData("refuses_a_wrong_password")]
    [InlineData("hears_what_it_may_not_do")]
    [InlineData("answers_requests_and_nothing_else")]
    public async Task Nats(string scenario) => await programs.RunAsync("users.mjs", scenario, (await server.GetAsync()).Port);

    [Theory]
    [InlineData("streams_with_the_customary_permissions_alone")]
    [InlineData("may_not_publish_to_another_channel")]
    [InlineData("may_not_name_another_channel_in_its_message")]
    public async Task A2_Node_nats_streaming(string scenario) => await programs.RunAsync("users.mjs", scenario, (await server.GetAsync()).Port);

    /// <summary>A server with these users. Its heartbeats come often, so that a client without the permission to answer them does not live long.</summary>
    public sealed class Server : StreamingServer
    {
        protected override string Configuration =>
            """
            authorization {
              users: [
                { user: root, password: p }
                { user: limited, password: p, permissions { publish: "open.>", subscribe: [ "open.>", "_INBOX.>" ] } }
                { user: service, password: p, permissions { subscribe: "service.>", allow_responses: true } }
                { user: application, password: p, permissions {
                    publish: [
                      "_STAN.discover.test-cluster", "_STAN.discover.test-cluster.pings", "_STAN.pub.test-cluster.orders.*", "_STAN.sub.test-cluster"
                      "_STAN.unsub.test-cluster", "_STAN.subclose.test-cluster", "_STAN.close.test-cluster", "_INBOX.>"
                    ]
                    subscribe: [ "_INBOX.>", "_STAN.acks.>" ]
                } }
              ]
            }
            streaming { hb_interval: "500ms", hb_timeout: "500ms", hb_fail_count: 2 }
            """;
    }
}
