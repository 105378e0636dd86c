using System.Runtime.CompilerServices;
using Bayou.Grains.Interfaces;
using Xunit;

namespace Bayou.Unit.Grains;

/// <summary>Calls that are made again while leadership moves.</summary>
public sealed class LeaderCallsTests
{
    [Fact]
    public async Task CallThatWasGivenUp_MayFailWithoutAnybodyHearingOfIt()
    {
        var failure = new TimeoutException("Nobody should hear of this.");
        var heard = false;
        void Hear(object? sender, UnobservedTaskExceptionEventArgs e) => heard |= e.Exception.InnerExceptions.Contains(failure);
        TaskScheduler.UnobservedTaskException += Hear;
        try
        {
            await GiveUpAsync(failure);

            // Off the stack of the call, which would keep it alive.
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.False(heard);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Hear;
        }
    }

    [Fact]
    public async Task FailureThatPasses_IsFollowedByAnotherTry()
    {
        var tries = 0;
        Assert.Equal(3, await LeaderCalls.RetryAsync(TimeProvider.System, () => ++tries < 3 ? throw new LeaderMovedException() : Task.FromResult(tries), TestContext.Current.CancellationToken));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task GiveUpAsync(Exception failure)
    {
        var asked = new TaskCompletionSource<int>();
        using var givenUp = new CancellationTokenSource();
        Task<int> waiting = LeaderCalls.RetryAsync(TimeProvider.System, () => asked.Task, givenUp.Token);
        await givenUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        asked.SetException(failure);
    }
}
