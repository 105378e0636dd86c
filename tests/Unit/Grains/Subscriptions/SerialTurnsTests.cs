using Bayou.Grains.Replication;
using Bayou.Grains.Subscriptions;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

public sealed class SerialTurnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_RunInOrderAndNeverTwoAtOnce()
    {
        var turns = new SerialTurns(PoolScheduler.Instance, static exception => Assert.Fail($"{exception}"));
        var order = new List<int>();
        var inside = 0;
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            turns.Post(() =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                order.Add(number);
                Interlocked.Decrement(ref inside);
            });
        }

        await turns.RunAsync(static () => Task.FromResult(0)).WaitAsync(Cancellation);
        Assert.Equal(Enumerable.Range(0, 1000), order);
    }

    [Fact]
    public async Task WhatFollowsAnAwait_IsATurnAgain_AndOthersRunMeanwhile()
    {
        var turns = new SerialTurns(PoolScheduler.Instance, static exception => Assert.Fail($"{exception}"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new List<string>();
        var waiting = turns.RunAsync(async () =>
        {
            order.Add("before");
            await gate.Task;
            Assert.Same(turns, TaskScheduler.Current);
            order.Add("after");
            return true;
        });
        var other = await turns.RunAsync(() =>
        {
            order.Add("between");
            return Task.FromResult(true);
        }).WaitAsync(Cancellation);
        Assert.True(other);
        gate.SetResult();
        Assert.True(await waiting.WaitAsync(Cancellation));
        Assert.Equal(["before", "between", "after"], order);
    }

    [Fact]
    public async Task FailureOfAPostedTurn_IsReported_AndTheNextRuns()
    {
        var failures = new List<Exception>();
        var turns = new SerialTurns(PoolScheduler.Instance, failures.Add);
        var broken = new InvalidOperationException("broken");
        turns.Post(() => throw broken);
        Assert.Equal(7, await turns.RunAsync(static () => Task.FromResult(7)).WaitAsync(Cancellation));
        Assert.Equal([broken], failures);
    }

    [Fact]
    public async Task FailureOfATurnThatIsAwaited_IsItsCallersAlone()
    {
        var turns = new SerialTurns(PoolScheduler.Instance, static exception => Assert.Fail($"{exception}"));
        var failed = turns.RunAsync<int>(static async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("broken");
        });
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => failed.WaitAsync(Cancellation))).Message);
        Assert.Equal(7, await turns.RunAsync(static () => Task.FromResult(7)).WaitAsync(Cancellation));
    }
}
