using Bayou.Grains.Replication.Balance;
using Bayou.Grains.Replication.Peers;
using Xunit;

namespace Bayou.Unit.Grains.Replication.Balance;

public sealed class LeaderLoadsTests
{
    private static readonly SiloNumber Silo = new(2);
    private static readonly TimeSpan Probation = TimeSpan.FromSeconds(5);

    private readonly LeaderLoads _loads = new(Probation);

    [Fact]
    public void SiloThatHasJustCome_IsLeftOutForAWhile()
    {
        _loads.OnHeartbeat(Silo, 0, mayLead: true, now: 0);
        _loads.OnHeartbeat(Silo, 3, mayLead: true, now: Probation.Ticks - 1);
        Assert.Empty(_loads.Current(Probation.Ticks - 1));
        Assert.Equal(3, Assert.Single(_loads.Current(Probation.Ticks)).Value);
    }

    [Fact]
    public void SiloThatIsToLeadNothing_IsLeftOut()
    {
        _loads.OnHeartbeat(Silo, 0, mayLead: true, now: 0);
        _loads.OnHeartbeat(Silo, 0, mayLead: false, now: Probation.Ticks);
        Assert.Empty(_loads.Current(Probation.Ticks));
    }

    [Fact]
    public void SiloThatCameBack_BeginsAnew()
    {
        _loads.OnHeartbeat(Silo, 0, mayLead: true, now: 0);
        _loads.Forget(Silo);
        _loads.OnHeartbeat(Silo, 0, mayLead: true, now: Probation.Ticks);
        Assert.Empty(_loads.Current(Probation.Ticks));
        Assert.Single(_loads.Current(2 * Probation.Ticks));
    }
}
