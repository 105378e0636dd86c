using Bayou.Gateway.Connections;
using Bayou.Gateway.Routes;
using Bayou.Gateway.Routing;
using Xunit;

namespace Bayou.Unit.Gateway.Routes;

/// <summary>Who is in the mesh, decided without a socket. This server is N5, called me.</summary>
public sealed class RouteTableTests
{
    private readonly SubjectRouter _router = new();

    [Fact]
    public void FirstConnectionToAServer_IsItsRoute()
    {
        RouteTable table = NewTable();
        RouteConnection route = Met("N1");
        Assert.Equal(RouteVerdict.Registered, table.Admit(route, out RouteConnection? other));
        Assert.Null(other);
        Assert.True(route.IsRegistered);
        Assert.Same(route, table.Find("N1"));
        Assert.True(table.Remove(route));
        Assert.False(table.Remove(route));
        Assert.Null(table.Find("N1"));
    }

    [Fact]
    public void ThisServerItself_IsNoRoute() => Assert.Equal(RouteVerdict.Self, NewTable().Admit(Met("N5"), out _));

    [Fact]
    public void ServerOfTheSameName_IsRefusedByTheOneThatWasDialed()
    {
        RouteConnection accepted = Met("N1");
        accepted.Remote = accepted.Remote! with { ServerName = "me" };
        Assert.Equal(RouteVerdict.DuplicateName, NewTable().Admit(accepted, out _));
        RouteConnection dialed = Met("N1", isSolicited: true);
        dialed.Remote = dialed.Remote! with { ServerName = "me" };
        Assert.Equal(RouteVerdict.Registered, NewTable().Admit(dialed, out _));
    }

    /// <summary>Of two connections between Bayou servers the one stays that the smaller id dialed, whichever is known first.</summary>
    [Theory]
    [InlineData("N9", true, false, nameof(RouteVerdict.Duplicate))]
    [InlineData("N9", false, true, nameof(RouteVerdict.Registered))]
    [InlineData("N1", true, false, nameof(RouteVerdict.Registered))]
    [InlineData("N1", false, true, nameof(RouteVerdict.Duplicate))]
    [InlineData("N9", false, false, nameof(RouteVerdict.Duplicate))]
    [InlineData("N9", true, true, nameof(RouteVerdict.Duplicate))]
    public void SecondConnectionToABayouServer_StaysIfTheSmallerIdDialedIt(string id, bool firstIsOurs, bool secondIsOurs, string expected)
    {
        RouteTable table = NewTable();
        RouteConnection first = Met(id, firstIsOurs);
        RouteConnection second = Met(id, secondIsOurs);
        table.Admit(first, out _);
        Assert.Equal(expected, table.Admit(second, out RouteConnection? other).ToString());
        Assert.Same(first, other);
        Assert.Equal(expected == nameof(RouteVerdict.Registered) ? (false, true) : (true, false), (first.IsRegistered, second.IsRegistered));
        Assert.Same(first.IsRegistered ? first : second, Assert.Single(table.Routes));
    }

    /// <summary>Both ends of two crossing connections, met in either order on each end, agree on the one that stays.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ServersThatDialEachOther_KeepTheSameConnection(bool smallMeetsItsOwnFirst, bool largeMeetsItsOwnFirst)
    {
        bool KeepsOwn(string id, string other, bool meetsItsOwnFirst)
        {
            var table = new RouteTable(id, id, "east", isClusterDynamic: false);
            RouteConnection own = Met(other, isSolicited: true);
            RouteConnection accepted = Met(other);
            table.Admit(meetsItsOwnFirst ? own : accepted, out _);
            table.Admit(meetsItsOwnFirst ? accepted : own, out _);
            return own.IsRegistered;
        }

        bool keepsTheOneOfSmall = KeepsOwn("N1", "N2", smallMeetsItsOwnFirst);
        Assert.Equal(keepsTheOneOfSmall, !KeepsOwn("N2", "N1", largeMeetsItsOwnFirst));
        Assert.True(keepsTheOneOfSmall);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void SecondConnectionToANatsServer_GivesWay(bool firstIsOurs, bool secondIsOurs)
    {
        RouteTable table = NewTable();
        RouteConnection first = Met("N9", firstIsOurs, isBayou: false);
        table.Admit(first, out _);
        Assert.Equal(RouteVerdict.Duplicate, table.Admit(Met("N9", secondIsOurs, isBayou: false), out _));
        Assert.True(first.IsRegistered);
    }

    /// <summary>It may take a moment until a connection that has ended is gone from the books.</summary>
    [Fact]
    public void RouteThatHasEnded_GivesWayToAnother()
    {
        RouteTable table = NewTable();
        RouteConnection first = Met("N9", isSolicited: true, isBayou: false);
        table.Admit(first, out _);
        first.CloseAfterFlush(ClosedReason.ServerShutdown);
        RouteConnection second = Met("N9", isBayou: false);
        Assert.Equal(RouteVerdict.Registered, table.Admit(second, out _));
        Assert.False(table.Remove(first));
        Assert.Same(second, table.Find("N9"));
    }

    [Fact]
    public void RouteThatTheConfigurationNames_IsOneHoweverItCameAbout()
    {
        RouteTable table = NewTable();
        RouteConnection accepted = Met("N1");
        table.Admit(accepted, out _);
        table.Admit(Met("N1", isSolicited: true, isConfigured: true), out _);
        Assert.Contains(table.Routes, static route => route.IsConfigured);
    }

    [Theory]
    [InlineData("east", false, "east", false, nameof(ClusterMatch.Same), "east", false)]
    [InlineData("east", false, "west", false, nameof(ClusterMatch.Conflict), "east", false)]
    [InlineData("east", false, "zzz", true, nameof(ClusterMatch.OtherAdopts), "east", false)]
    [InlineData("zzz", true, "east", false, nameof(ClusterMatch.Adopted), "east", false)]
    [InlineData("aaa", true, "bbb", true, nameof(ClusterMatch.Adopted), "bbb", true)]
    [InlineData("bbb", true, "aaa", true, nameof(ClusterMatch.OtherAdopts), "bbb", true)]
    public void NameOfTheCluster_GivesWayToAConfiguredOneAndToAGreaterOne(
        string ours, bool isOursDynamic, string theirs, bool isTheirsDynamic, string expected, string name, bool isDynamic)
    {
        var table = new RouteTable("N5", "me", ours, isOursDynamic);
        Assert.Equal(expected, table.MatchCluster(theirs, isTheirsDynamic).ToString());
        Assert.Equal((name, isDynamic), (table.ClusterName, table.IsClusterDynamic));
    }

    private static RouteTable NewTable() => new("N5", "me", "east", isClusterDynamic: false);

    private RouteConnection Met(string id, bool isSolicited = false, bool isBayou = true, bool isConfigured = false)
    {
        RouteConnection route = new FakeRoute(_router, isSolicited, isConfigured).Route;
        route.Remote = FakeRoute.Info(id, isBayou);
        return route;
    }
}
