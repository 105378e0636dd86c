using System.Text;
using Bayou.Gateway;
using Bayou.Gateway.Connections;
using Bayou.Gateway.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bayou.Conformance;

/// <summary>A part of the server that answers clients, as the streaming side does.</summary>
public sealed class InternalSubscriberTests
{
    [Fact]
    public async Task InternalSubscriber_AnswersARequestAndHearsOfTheEndOfTheRead()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(new GatewayOptions());
        var router = server.Services.GetRequiredService<SubjectRouter>();
        var echo = new Echo(router.CreatePublisher());
        InternalSubscription subscription = router.Subscribe("echo.*"u8, echo);
        using RawClient client = await RawClient.ConnectAsync(server.Port);

        string answer = await client.RoundTripAsync(RawClient.Quiet + "SUB inbox 1\r\nPUB echo.a inbox 2\r\nhi\r\nPUB echo.b inbox 2\r\nho\r\n");
        if (answer.Length == 0) answer = await client.RoundTripAsync();
        Assert.Equal("MSG inbox 1 2\r\nhi\r\nMSG inbox 1 2\r\nho\r\n", answer);
        Assert.InRange(echo.ReadCount, 1, 2);

        router.Unsubscribe(subscription);
        Assert.Equal("HMSG inbox 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", await client.RoundTripAsync("PUB echo.a inbox 0\r\n\r\n"));
    }

    [Fact]
    public async Task ClosedCallback_RunsWhenTheClientLeaves()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(new GatewayOptions());
        var router = server.Services.GetRequiredService<SubjectRouter>();
        var echo = new Echo(router.CreatePublisher());
        router.Subscribe("hello"u8, echo);
        using (RawClient client = await RawClient.ConnectAsync(server.Port)) await client.RoundTripAsync(RawClient.Quiet + "PUB hello 0\r\n\r\n");

        Connection closed = await echo.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(closed.IsClosed);
        Assert.Equal("mine", closed.StreamingState);
    }

    [Fact]
    public async Task ServerThatStops_ClosesItsClients()
    {
        RawClient client;
        await using (GatewayServer server = await GatewayServer.StartAsync(new GatewayOptions()))
        {
            client = await RawClient.ConnectAsync(server.Port);
            await client.RoundTripAsync(RawClient.Quiet);
        }

        Assert.Equal("", await client.ReadToEndAsync());
        client.Dispose();
    }

    private sealed class Echo(InternalPublisher publisher) : IInternalSubscriber
    {
        private readonly TaskCompletionSource<Connection> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int ReadCount { get; private set; }

        public Task<Connection> Closed => _closed.Task;

        public void OnMessage(in PublishedMessage message)
        {
            if (message.Publisher is { StreamingState: null } first)
            {
                first.StreamingState = "mine";
                first.RegisterClosed(_closed.SetResult);
            }

            if (Encoding.UTF8.GetString(message.Subject) != "hello") publisher.Publish(message.ReplyTo, default, message.Payload);
        }

        public void OnReadCompleted(Connection connection)
        {
            ReadCount++;
            publisher.Flush();
        }
    }
}
