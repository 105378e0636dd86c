using Bayou.TestKit;
using NATS.Client.Core;
using Xunit;

namespace Bayou.NatsNet;

/// <summary>The .NET client of NATS, as its users use it.</summary>
public sealed class NatsNetTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static readonly TimeSpan Deadline = Patience.Long;

    [Fact]
    public async Task Ten_thousand_messages_arrive_in_order()
    {
        const int Count = 10_000;
        await using NatsConnection connection = await ConnectAsync();
        string subject = UniqueName.Next("many");
        await using INatsSub<int> subscription = await connection.SubscribeCoreAsync<int>(subject, cancellationToken: Token);
        await connection.PingAsync(Token);
        for (int i = 0; i < Count; i++) await connection.PublishAsync(subject, i, cancellationToken: Token);
        for (int i = 0; i < Count; i++) Assert.Equal(i, (await NextAsync(subscription)).Data);
    }

    [Fact]
    public async Task Requests_are_answered()
    {
        await using NatsConnection connection = await ConnectAsync();
        string subject = UniqueName.Next("request");
        await using INatsSub<int> service = await connection.SubscribeCoreAsync<int>(subject, cancellationToken: Token);
        Task answering = Task.Run(
            async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    NatsMsg<int> request = await NextAsync(service);
                    await request.ReplyAsync(request.Data * 2, cancellationToken: Token);
                }
            },
            Token);
        await connection.PingAsync(Token);
        int[] answers = [.. (await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => (await connection.RequestAsync<int, int>(subject, i, cancellationToken: Token)).Data)))];
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => 2 * i), answers);
        await answering;
    }

    [Fact]
    public async Task Request_that_nobody_answers_fails_at_once()
    {
        await using NatsConnection connection = await ConnectAsync();
        await Assert.ThrowsAsync<NatsNoRespondersException>(async () => await connection.RequestAsync<int, int>(UniqueName.Next("nobody"), 1, cancellationToken: Token));
    }

    [Fact]
    public async Task Queue_group_shares_and_wildcards_match()
    {
        await using NatsConnection connection = await ConnectAsync();
        string root = UniqueName.Next("root");
        await using INatsSub<int> one = await connection.SubscribeCoreAsync<int>($"{root}.*", "workers", cancellationToken: Token);
        await using INatsSub<int> two = await connection.SubscribeCoreAsync<int>($"{root}.*", "workers", cancellationToken: Token);
        await using INatsSub<int> all = await connection.SubscribeCoreAsync<int>($"{root}.>", cancellationToken: Token);
        await connection.PingAsync(Token);
        for (int i = 0; i < 100; i++) await connection.PublishAsync($"{root}.a", i, cancellationToken: Token);
        for (int i = 0; i < 100; i++) Assert.Equal(i, (await NextAsync(all)).Data);
        await connection.PingAsync(Token);
        List<int> shared = [.. Taken(one), .. Taken(two)];
        Assert.Equal(Enumerable.Range(0, 100), shared.Order());
    }

    [Fact]
    public async Task Headers_pass_through()
    {
        await using NatsConnection connection = await ConnectAsync();
        string subject = UniqueName.Next("headers");
        await using INatsSub<string> subscription = await connection.SubscribeCoreAsync<string>(subject, cancellationToken: Token);
        await connection.PingAsync(Token);
        await connection.PublishAsync(subject, "body", new NatsHeaders { ["Name"] = new[] { "one", "two" } }, cancellationToken: Token);
        NatsMsg<string> message = await NextAsync(subscription);
        Assert.Equal("body", message.Data);
        Assert.Equal(["one", "two"], message.Headers!["Name"].ToArray());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<NatsMsg<T>> NextAsync<T>(INatsSub<T> subscription) =>
        await subscription.Msgs.ReadAsync(Token).AsTask().WaitAsync(Deadline, Token);

    private static IEnumerable<T?> Taken<T>(INatsSub<T> subscription)
    {
        while (subscription.Msgs.TryRead(out NatsMsg<T> message)) yield return message.Data;
    }

    private async Task<NatsConnection> ConnectAsync()
    {
        var connection = new NatsConnection(new NatsOpts { Url = $"nats://127.0.0.1:{server.Port}" });
        await connection.ConnectAsync();
        return connection;
    }
}
