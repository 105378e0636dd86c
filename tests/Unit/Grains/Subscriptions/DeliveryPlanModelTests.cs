using CsCheck;
using Xunit;

namespace Bayou.Unit.Grains.Subscriptions;

public sealed class DeliveryPlanModelTests
{
    private static readonly Gen<Action<DeliveryPlanModel>[]> Steps = Gen.OneOf(
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], static (maxInFlight, ackWait) => (Action<DeliveryPlanModel>)(model => model.Join(maxInFlight, ackWait))),
        Gen.Int[0, 5].Select(static which => (Action<DeliveryPlanModel>)(model => model.Leave(which))),
        Gen.Int[1, 6].Select(static count => (Action<DeliveryPlanModel>)(model => model.Publish(count))),
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 6], static (which, most) => (Action<DeliveryPlanModel>)(model => model.Push(which, most))),
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 6], static (which, most) => (Action<DeliveryPlanModel>)(model => model.Push(which, most))),
        Gen.Int[0, 20].Select(static which => (Action<DeliveryPlanModel>)(model => model.Acknowledge(which))),
        Gen.Int[0, 20].Select(static which => (Action<DeliveryPlanModel>)(model => model.Acknowledge(which))),
        Gen.Int[1, 4].Select(static time => (Action<DeliveryPlanModel>)(model => model.Wait(time)))).Array[1, 60];

    [Fact]
    public void Subscription_LosesNothingKeepsMaxInFlightAndRedelivers() => Run(isQueueGroup: false);

    [Fact]
    public void QueueGroup_LosesNothingKeepsMaxInFlightAndRedelivers() => Run(isQueueGroup: true);

    private static void Run(bool isQueueGroup) => Steps.Sample(
        steps =>
        {
            var model = new DeliveryPlanModel(isQueueGroup);
            foreach (Action<DeliveryPlanModel> step in steps) step(model);
            model.Finish();
        },
        iter: 2000);
}
