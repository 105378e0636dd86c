using Bayou.Grains.Channels;
using Bayou.Grains.Channels.Log;
using Bayou.Records;
using Bayou.Unit.Records;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Channels;

public sealed class ChannelStateMachineTests
{
    private const uint BytesPerMessage = 10;

    /// <summary>A step picks its details by numbers, so that it fits whatever state it meets.</summary>
    private static readonly Gen<(int Kind, int A, int B, int C)[]> Steps =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[1, 60];

    [Fact]
    public void StateRestoredInTheMiddle_GoesOnAsTheOneThatWasNeverSaved() =>
        Gen.Select(Steps, Gen.Int[0, 60]).Sample(static (steps, cut) =>
        {
            var whole = new ChannelStateMachine("channel");
            var parts = new ChannelStateMachine("channel");
            for (int i = 0; i < steps.Length; i++)
            {
                if (i == cut) parts = ChannelStateMachine.Restore(parts.Save());
                object? entry = EntryFor(whole, steps[i]);
                Apply(whole, entry);
                Apply(parts, entry);
            }

            Assert.Equal(whole.Save(), parts.Save());
            Assert.Equal(whole.Save(), ChannelStateMachine.Restore(whole.Save()).Save());
        });

    [Fact]
    public void AnyHistory_KeepsItsCountsRight() => Steps.Sample(static steps =>
    {
        var machine = new ChannelStateMachine("channel");
        foreach ((int, int, int, int) step in steps)
        {
            ulong numberBefore = machine.NextNumber;
            Apply(machine, EntryFor(machine, step));
            Assert.True(machine.NextNumber >= numberBefore);
            Assert.Equal((long)(machine.LastSequence + 1 - machine.FirstSequence), machine.MessageCount);
            Assert.Equal((ulong)machine.MessageCount * BytesPerMessage, machine.Bytes);
            foreach (SubscriptionState subscription in machine.Subscriptions)
            {
                Assert.All(subscription.Pending.Ranges, range => Assert.True(range.First >= machine.FirstSequence && range.Last <= subscription.LastSent));
            }
        }
    });

    [Fact]
    public void BatchThatDoesNotFollowTheLastMessage_IsRefused()
    {
        var machine = new ChannelStateMachine("channel");
        Assert.Throws<InvalidOperationException>(() => machine.Apply(BatchAt(2, 1)));
        machine.Apply(BatchAt(1, 3));
        Assert.Throws<InvalidOperationException>(() => machine.Apply(BatchAt(3, 1)));
        Assert.Equal(3ul, machine.LastSequence);
    }

    [Fact]
    public void BatchThatIsStoredAlready_IsRefusedAndRemembered()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(BatchAt(1, 3, number: 5));
        Assert.Throws<InvalidOperationException>(() => machine.Apply(BatchAt(4, 3, number: 5)));
        Assert.Throws<InvalidOperationException>(() => machine.Apply(BatchAt(4, 3, number: 4)));
        machine.Apply(BatchAt(4, 1, origin: 8, number: 5));
        Assert.True(machine.FindOrigin(7)!.TryFind(5, out ulong first));
        Assert.Equal(1ul, first);
        Assert.False(machine.FindOrigin(7)!.TryFind(4, out _));
        machine = ChannelStateMachine.Restore(machine.Save());
        Assert.True(machine.FindOrigin(8)!.TryFind(5, out first));
        Assert.Equal(4ul, first);
        machine.Apply(new ChannelCommand { ForgetOrigins = new ForgetOrigins { Origins = { 7 } } });
        Assert.Null(machine.FindOrigin(7));
        Assert.NotNull(machine.FindOrigin(8));
    }

    [Fact]
    public void OldResults_AreForgottenAndTheLastNumberIsNot()
    {
        var machine = new ChannelStateMachine("channel");
        for (ulong number = 1; number <= 100; number++) machine.Apply(BatchAt(number, 1, number: number));
        OriginState origin = machine.FindOrigin(7)!;
        Assert.Equal(100ul, origin.LastNumber);
        Assert.True(origin.TryFind(100, out _));
        Assert.True(origin.TryFind(85, out _));
        Assert.False(origin.TryFind(1, out _));
    }

    [Fact]
    public void TrimBeyondTheLastMessage_IsRefused()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(BatchAt(1, 3));
        Assert.Throws<InvalidOperationException>(() => machine.Apply(new ChannelCommand { Trim = new Trim { FirstSequence = 5, Bytes = 3 * BytesPerMessage } }));
        machine.Apply(new ChannelCommand { Trim = new Trim { FirstSequence = 4, Bytes = 3 * BytesPerMessage } });
        Assert.Equal((4ul, 3ul, 0L), (machine.FirstSequence, machine.LastSequence, machine.MessageCount));
    }

    [Fact]
    public void OfflineDurable_ShowsTheMemberThatLeftLast()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(Create(1, "durable", "", 2));
        machine.Apply(new ChannelCommand { RemoveMember = new RemoveMember { Subscription = 1, Member = 2 } });
        Assert.Equal("client-2", machine.Find(1)!.LastMember!.Client.Value);
        Assert.Equal(1, machine.SubscriptionCount);
        machine.Apply(new ChannelCommand { AddMember = new AddMember { Subscription = 1, Member = Member(3) } });
        Assert.Null(machine.Find(1)!.LastMember);
        Assert.Equal(4ul, machine.NextNumber);
    }

    [Fact]
    public void ChannelThatHasEnded_TakesNothingAnyMore()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(BatchAt(1, 3));
        Assert.True(machine.Apply(End(3, 1)));
        Assert.True(machine.IsEnded);
        byte[] before = machine.Save();
        foreach (ChannelStateMachine ended in new[] { machine, ChannelStateMachine.Restore(before) })
        {
            Assert.False(ended.Apply(BatchAt(4, 1)));
            Assert.False(ended.Apply(Create(1, "durable", "", 2)));
            Assert.False(ended.Apply(TrimOf(machine, 0)));
            Assert.Equal(before, ended.Save());
        }
    }

    [Fact]
    public void End_IsWithoutEffectWhereSomethingHappenedThatItsLeaderDidNotKnow()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(BatchAt(1, 3));
        machine.Apply(BatchAt(4, 1));
        machine.Apply(End(3, 1));
        Assert.False(machine.IsEnded);
        machine.Apply(Create(1, "durable", "", 2));
        machine.Apply(End(4, 3));
        Assert.False(machine.IsEnded);
        machine.Apply(new ChannelCommand { RemoveMember = new RemoveMember { Subscription = 1, Member = 2 } });
        machine.Apply(End(4, 1));
        Assert.False(machine.IsEnded);
        machine.Apply(End(4, 3));
        Assert.True(machine.IsEnded);
    }

    [Fact]
    public void ProgressOverMessagesThatAreGone_LeavesNoneOfThemPending()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(Create(1, "durable", "", 2));
        machine.Apply(BatchAt(1, 8));
        machine.Apply(new ChannelCommand { Trim = new Trim { FirstSequence = 6, Bytes = 5 * BytesPerMessage } });
        machine.Apply(new ChannelCommand { Progress = new Progress { Subscription = 1, LastSent = 5 } });
        Assert.Equal((5ul, 0ul), (machine.Find(1)!.LastSent, machine.Find(1)!.Pending.Count));
        machine.Apply(new ChannelCommand { Progress = new Progress { Subscription = 1, LastSent = 7 } });
        Assert.Equal((7ul, 2ul), (machine.Find(1)!.LastSent, machine.Find(1)!.Pending.Count));
    }

    [Fact]
    public void EndByAnOperator_TakesMessagesAndDurablesAndNobodyWhoReceives()
    {
        var machine = new ChannelStateMachine("channel");
        machine.Apply(Create(1, "durable", "", 2));
        machine.Apply(BatchAt(1, 3));
        machine.Apply(EndWithMessages(3));
        Assert.False(machine.IsEnded);
        machine.Apply(new ChannelCommand { RemoveMember = new RemoveMember { Subscription = 1, Member = 2 } });
        machine.Apply(EndWithMessages(2));
        Assert.False(machine.IsEnded);
        machine.Apply(BatchAt(4, 1));
        machine.Apply(EndWithMessages(3));
        Assert.True(machine.IsEnded);
    }

    private static ChannelCommand EndWithMessages(ulong nextNumber) => new() { End = new End { NextNumber = nextNumber, WithMessages = true } };

    private static ChannelCommand End(ulong lastSequence, ulong nextNumber) => new() { End = new End { LastSequence = lastSequence, NextNumber = nextNumber } };

    private static object? EntryFor(ChannelStateMachine machine, (int Kind, int A, int B, int C) step)
    {
        SubscriptionState? subscription = machine.Subscriptions.Count == 0 ? null : machine.Subscriptions.ElementAt(step.A % machine.Subscriptions.Count);
        return step.Kind switch
        {
            0 or 1 => BatchAt(machine.LastSequence + 1, 1 + (step.A % 5)),
            2 => Create(machine.NextNumber, step.A % 2 == 0 ? "durable" : "", step.B % 2 == 0 ? "group" : "", machine.NextNumber + 1),
            3 when subscription is not null => new ChannelCommand { AddMember = new AddMember { Subscription = subscription.Number, Member = Member(machine.NextNumber) } },
            4 when subscription is { Members.Count: > 0 } => step.B % 2 == 0
                ? new ChannelCommand { RemoveMember = new RemoveMember { Subscription = subscription.Number, Member = subscription.Members[step.C % subscription.Members.Count].Id.Value } }
                : new ChannelCommand { RemoveSubscription = new RemoveSubscription { Subscription = subscription.Number } },
            5 when subscription is not null => ProgressOf(machine, subscription, step.B, step.C),
            6 when machine.MessageCount > 0 => TrimOf(machine, step.A),
            7 when step.A % 4 == 0 => new ChannelCommand { ForgetOrigins = new ForgetOrigins { Origins = { machine.Origins.Keys.Take(1) } } },
            _ => null,
        };
    }

    private static ChannelCommand ProgressOf(ChannelStateMachine machine, SubscriptionState subscription, int b, int c)
    {
        ulong lastSent = Math.Min(machine.LastSequence, Math.Max(subscription.LastSent, machine.FirstSequence - 1) + (ulong)(b % 4));
        var progress = new Progress { Subscription = subscription.Number, LastSent = Math.Max(lastSent, subscription.LastSent) };
        if (progress.LastSent > 0)
        {
            ulong first = 1 + ((ulong)c % progress.LastSent);
            progress.Acknowledged.Add(new Bayou.Grains.Channels.Log.Range { First = first, Last = Math.Min(progress.LastSent, first + ((ulong)b % 3)) });
        }

        return new ChannelCommand { Progress = progress };
    }

    private static ChannelCommand TrimOf(ChannelStateMachine machine, int a)
    {
        ulong removed = 1 + ((ulong)a % (ulong)machine.MessageCount);
        return new ChannelCommand { Trim = new Trim { FirstSequence = machine.FirstSequence + removed, Bytes = removed * BytesPerMessage } };
    }

    private static void Apply(ChannelStateMachine machine, object? entry)
    {
        if (entry is RecordBatch batch) machine.Apply(batch);
        else if (entry is ChannelCommand command) machine.Apply(command);
    }

    private static RecordBatch BatchAt(ulong sequence, int count, ulong origin = 7, ulong number = 0)
    {
        byte[] bytes = Sample.Build(
            Enumerable.Range(0, count).Select(static i => new Sample("", "", $"g{i}", "", "payload")), origin, number == 0 ? sequence : number);
        RecordBatchStamp.Apply(bytes, sequence, timestamp: (long)sequence, term: 1, accountedBytes: (uint)count * BytesPerMessage);
        Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(bytes, out RecordBatch batch));
        return batch;
    }

    private static ChannelCommand Create(ulong number, string durable, string group, ulong member)
    {
        var record = new SubscriptionRecord { Number = number, DurableName = durable, QueueGroup = group, ClientId = "creator" };
        record.Members.Add(Member(member));
        return new ChannelCommand { CreateSubscription = record };
    }

    private static MemberRecord Member(ulong id) => new()
    {
        Id = id,
        ClientId = $"client-{id}",
        SessionEpoch = 1,
        Inbox = $"_INBOX.{id}",
        AckSecret = id,
        MaxInFlight = 10,
        AckWaitSeconds = 30,
    };
}
