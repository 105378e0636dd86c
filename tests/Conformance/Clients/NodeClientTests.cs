using Bayou.Conformance.Streaming;
using Xunit;

namespace Bayou.Conformance.Clients;

/// <summary>Clients that nobody here wrote, used as their users do.</summary>
public sealed class NodeClientTests(StreamingServer server, PolicyServer policies, NodePrograms programs)
{
    [Theory]
    [InlineData("publishes_and_reads_10000")]
    [InlineData("closes_and_resumes_a_durable")]
    [InlineData("shares_a_queue_group")]
    [InlineData("redelivers_what_is_not_acknowledged")]
    [InlineData("unsubscribes_a_durable_for_good")]
    [InlineData("keeps_max_in_flight")]
    [InlineData("starts_at_every_position")]
    [InlineData("refuses_a_second_client_of_the_same_id")]
    [InlineData("notices_a_wrong_cluster_id")]
    public async Task Node_nats_streaming(string scenario) => await programs.RunAsync("streaming.mjs", scenario, (await server.GetAsync()).Port);

    [Theory]
    [InlineData("works_in_order_with_another_standing_by")]
    [InlineData("takes_the_place_of_its_former_self")]
    public async Task Node_nats_streaming_where_policies_are_set(string scenario) => await programs.RunAsync("policies.mjs", scenario, (await policies.GetAsync()).Port);

    [Theory]
    [MemberData(nameof(CoreScenarios))]
    public async Task Nats(string scenario) => await programs.RunAsync("core.mjs", "nats/" + scenario, (await server.GetAsync()).Port);

    [Theory]
    [MemberData(nameof(CoreScenarios))]
    public async Task Nats_io_transport_node(string scenario) =>
        await programs.RunAsync("core.mjs", "transport-node/" + scenario, (await server.GetAsync()).Port);

    public static TheoryData<string> CoreScenarios =>
    [
        "answers_requests",
        "gives_each_message_to_one_member_of_a_queue",
        "matches_wildcards",
        "carries_headers",
        "says_at_once_that_nobody_answers",
        "drains",
        "unsubscribes_after_a_number_of_messages",
        "carries_a_megabyte",
    ];
}
