namespace Bayou.Grains.Subscriptions;

/// <summary>The turns of a grain's activation.</summary>
internal sealed class GrainTurns(TaskScheduler activation) : ITurns
{
    public void Post(Action turn) => Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.None, activation).Ignore();
}
