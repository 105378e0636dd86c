using Bayou.Import;
using Bayou.Import.Files;
using Bayou.Import.Subscriptions;
using Bayou.Import.Wire;
using Xunit;

namespace Bayou.Unit.Import;

/// <summary>Who is a durable, who is a member, who is gone: by the rules of NATS Streaming's own recovery.</summary>
public sealed class SubscriptionGroupsTests
{
    private const byte New = 1;
    private const byte Update = 2;
    private const byte Delete = 3;
    private const byte Acknowledged = 4;
    private const byte Sent = 5;

    private readonly StoreBytes _file = new();
    private readonly List<Damage> _damage = [];

    [Fact]
    public void WhatWasSentAndNotAcknowledged_IsPending()
    {
        Add(New, Plain(1, "alpha", lastSent: 4));
        Add(Sent, 1, 5, 6, 7);
        Add(Acknowledged, 1, 6);
        var subscription = Assert.Single(Assemble("alpha"));
        Assert.Equal(7UL, subscription.LastSent);
        Assert.Equal([5UL, 7UL], subscription.Pending);
        Assert.Equal(new SourceMember("alpha", "in.1", "ack.1", 8, 30), Assert.Single(subscription.Members));
    }

    [Fact]
    public void PlainSubscription_GoesWithItsClient()
    {
        Add(New, Plain(1, "gone"));
        Assert.Empty(Assemble("alpha"));
    }

    [Fact]
    public void RemovedSubscription_IsGone_AndItsNumberMayBeUsedAgain()
    {
        Add(New, Plain(1, "alpha"));
        Add(Sent, 1, 1);
        _file.Add(new SubStateDelete { Id = 1 }, Delete);
        Add(Acknowledged, 1, 1);
        Assert.Empty(Assemble("alpha"));

        Add(New, Plain(1, "alpha"));
        Assert.Empty(Assert.Single(Assemble("alpha")).Pending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DurableThatWasClosed_IsOffline_WhetherItsClientIsThereOrNot(bool isConnected)
    {
        Add(New, Durable(1, "alpha"));
        Add(Sent, 1, 1, 2);
        var closed = Durable(1, "alpha", lastSent: 2);
        closed.IsClosed = true;
        Add(Update, closed);
        var subscription = Assert.Single(Assemble(isConnected ? "alpha" : "other"));
        Assert.Equal(("dur", "", "alpha", 2UL), (subscription.DurableName, subscription.QueueGroup, subscription.Client, subscription.LastSent));
        Assert.Equal([1UL, 2UL], subscription.Pending);
        Assert.Empty(subscription.Members);
        Assert.Equal("ack.1", subscription.LastMember!.AckInbox);
    }

    [Fact]
    public void DurableOfAClientThatIsGone_IsOffline_EvenIfNobodyWroteThatItWasClosed()
    {
        var old = Durable(1, "gone");
        old.IsDurable = false;
        Add(New, old);
        Assert.Empty(Assert.Single(Assemble("alpha")).Members);
    }

    [Fact]
    public void MembersOfAGroup_ShareItsPositionAndWhatIsPending()
    {
        Add(New, Member(1, "alpha", "readers", isDurable: false));
        Add(New, Member(2, "beta", "readers", isDurable: false));
        Add(Sent, 1, 1, 3);
        Add(Sent, 2, 2, 3);
        var group = Assert.Single(Assemble("alpha", "beta"));
        Assert.Equal(("", "readers", 3UL), (group.DurableName, group.QueueGroup, group.LastSent));
        Assert.Equal([1UL, 2UL, 3UL], group.Pending);
        Assert.Equal(["alpha", "beta"], group.Members.Select(member => member.Client));
    }

    [Fact]
    public void DurableGroup_IsNamedByBothItsNames_AndAPlainOneMayHaveAColon()
    {
        Add(New, Member(1, "alpha", "dur:night:shift", isDurable: true));
        Add(New, Member(2, "alpha", "dur:night:shift", isDurable: false));
        var groups = Assemble("alpha");
        Assert.Equal([("dur", "night:shift"), ("", "dur:night:shift")], groups.Select(group => (group.DurableName, group.QueueGroup)));
    }

    [Fact]
    public void DurableGroupWithoutMembers_KeepsWhatItsLastOneHad()
    {
        Add(New, Member(1, "alpha", "dur:g", isDurable: true));
        Add(Sent, 1, 1, 2);
        var left = Member(1, "", "dur:g", isDurable: true);
        left.LastSent = 2;
        Add(Update, left);
        var group = Assert.Single(Assemble("alpha"));
        Assert.Empty(group.Members);
        Assert.Equal([1UL, 2UL], group.Pending);
        Assert.Equal("ack.1", group.LastMember!.AckInbox);
    }

    [Fact]
    public void MemberOfADurableGroupWhoseClientIsGone_IsLeftFromACrash()
    {
        Add(New, Member(1, "alpha", "dur:g", isDurable: true));
        Add(New, Member(2, "gone", "dur:g", isDurable: true));
        Add(Sent, 2, 9);
        var group = Assert.Single(Assemble("alpha"));
        Assert.Equal((0UL, 0, 1), (group.LastSent, group.Pending.Count, group.Members.Count));
    }

    [Fact]
    public void RecordOfUnknownType_IsReported()
    {
        Add(New, Plain(1, "alpha"));
        var offset = _file.Length;
        _file.Add(new SubStateDelete { Id = 1 }, type: 9);
        Assert.Single(Assemble("alpha"));
        Assert.Equal(offset, Assert.Single(_damage).Offset);
    }

    [Fact]
    public void RecordWithARightChecksumAndAWrongContent_IsReported()
    {
        // A number that does not end.
        _file.Add([0x08, 0xFF], Delete);
        Assert.Empty(Assemble("alpha"));
        Assert.Contains("its content is not", Assert.Single(_damage).Reason, StringComparison.Ordinal);
    }

    private static SubState Plain(ulong id, string client, ulong lastSent = 0) => new()
    {
        Id = id,
        ClientId = client,
        Inbox = $"in.{id}",
        AckInbox = $"ack.{id}",
        MaxInFlight = 8,
        AckWaitSeconds = 30,
        LastSent = lastSent,
    };

    private static SubState Durable(ulong id, string client, ulong lastSent = 0)
    {
        var state = Plain(id, client, lastSent);
        (state.DurableName, state.IsDurable) = ("dur", true);
        return state;
    }

    private static SubState Member(ulong id, string client, string group, bool isDurable)
    {
        var state = Plain(id, client);
        (state.QueueGroup, state.IsDurable) = (group, isDurable);
        return state;
    }

    private void Add(byte type, SubState state) => _file.Add(state, type);

    private void Add(byte type, ulong id, params ulong[] sequences)
    {
        foreach (var sequence in sequences)
        {
            _file.Add(new SubStateUpdate { Id = id, Sequence = sequence }, type);
        }
    }

    private IReadOnlyList<SourceSubscription> Assemble(params string[] clients)
    {
        _damage.Clear();
        using var reader = new RecordReader(new MemoryStream(_file.ToArray()), "subs.dat", isTyped: true, new Crc32(), _damage.Add);
        return SubscriptionGroups.Assemble(SubscriptionFile.Read(reader, "subs.dat", _damage.Add).All, clients.ToHashSet(StringComparer.Ordinal));
    }
}
