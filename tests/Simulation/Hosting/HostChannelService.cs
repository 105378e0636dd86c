using Bayou.Grains.Channels;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Bayou.Records;
using Bayou.Simulation.Run;

namespace Bayou.Simulation.Hosting;

/// <summary>
/// The server's subscriptions and deliveries on a virtual machine, and what an operator asks of its channels. What grains do in the server, being
/// the address of a channel where its leader is and taking one change at a time, is done here.
/// </summary>
internal sealed class HostChannelService : IChannelService, IDeliveryPort, IDisposable
{
    private readonly SiloEnvironment _environment;
    private readonly ReplicaHost _host;
    private readonly Deliveries _deliveries;
    private readonly Dictionary<string, Task> _changes = new(StringComparer.Ordinal);

    public HostChannelService(SiloEnvironment environment, ReplicaHost host)
    {
        _environment = environment;
        _host = host;
        _deliveries = new Deliveries(host, this, environment.Time, new StrictLogger<Deliveries>(environment));
    }

    public void Start() => _deliveries.Start();

    public void Dispose() => _deliveries.Dispose();

    Task<DeliveryAnswer> IDeliveryPort.DeliverAsync(Delivery delivery) =>
        _environment.Inboxes.DeliverAsync(_environment.Name, _environment.Process, delivery);

    public Task<ServiceReply> SubscribeAsync(string channel, SubscribeRequest request) => ChangeAsync(channel, async () =>
    {
        var opened = await _host.OpenChannelAsync(new ChannelName(channel), maxChannels: 0);
        if (opened.Channel is not { } replica)
        {
            return ServiceReply.Elsewhere(null);
        }

        await replica.RequireLeadingAsync();
        return new ServiceReply(IsServed: true, await SubscriptionsOf(replica).SubscribeAsync(request));
    });

    public Task<ServiceReply> UnsubscribeAsync(string channel, UnsubscribeRequest request) =>
        ChangeAsync(channel, replica => SubscriptionsOf(replica).UnsubscribeAsync(request));

    public Task<ServiceReply> EndSessionAsync(string channel, ClientId client, SessionEpoch session) =>
        ChangeAsync(channel, replica => SubscriptionsOf(replica).EndSessionAsync(client, session));

    public Task<ServiceReply> StartAsync(SubscriptionId subscription, MemberId member) =>
        DeliverAsync(subscription, delivery => delivery.Start(member));

    public Task<ServiceReply> AcknowledgeAsync(SubscriptionId subscription, AckBatch acks) =>
        DeliverAsync(subscription, delivery => delivery.Acknowledge(acks));

    public Task<ServiceReply> PurgeAsync(string channel, ulong before) => ChangeAsync(channel, replica => replica.PurgeAsync(before));

    public ulong LastSequenceOf(string channel) => _host.FindChannel(new ChannelName(channel))?.LastSequence ?? 0;

    private SubscriptionChanges SubscriptionsOf(ChannelReplica replica) => new(replica, _deliveries, replaceDurable: false, _environment.Time);

    private async Task<ServiceReply> DeliverAsync(SubscriptionId subscription, Action<SubscriptionDelivery> act)
    {
        try
        {
            if (await _deliveries.FindAsync(subscription) is { } delivery)
            {
                act(delivery);
            }

            return ServiceReply.Served;
        }
        catch (ReplicaUnavailableException e)
        {
            return ServiceReply.Elsewhere(e.Leader);
        }
    }

    private Task<ServiceReply> ChangeAsync(string channel, Func<ChannelReplica, Task> change) => ChangeAsync(channel, async () =>
    {
        if (_host.FindChannel(new ChannelName(channel)) is not { } replica)
        {
            return ServiceReply.Elsewhere(null);
        }

        await replica.RequireLeadingAsync();
        await change(replica);
        return ServiceReply.Served;
    });

    private async Task<ServiceReply> ChangeAsync(string channel, Func<Task<ServiceReply>> change)
    {
        var before = _changes.GetValueOrDefault(channel, Task.CompletedTask);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _changes[channel] = ended.Task;
        await before;
        try
        {
            return await change();
        }
        catch (ReplicaUnavailableException e)
        {
            return ServiceReply.Elsewhere(e.Leader);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
