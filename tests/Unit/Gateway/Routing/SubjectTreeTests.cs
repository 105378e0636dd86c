using System.Text;
using Bayou.Gateway.Protocol;
using Bayou.Gateway.Routing;
using Bayou.Unit.Gateway.Connections;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Gateway.Routing;

public sealed class SubjectTreeTests
{
    private static readonly Gen<string> Token = OneOf("a", "b", "c", "*", ">", "a*");
    private static readonly Gen<string> Pattern = Token.Array[1, 4].Select(static tokens => string.Join('.', tokens))
        .Where(static pattern => SubjectRules.IsValid(Encoding.ASCII.GetBytes(pattern)));

    private static readonly Gen<string> Subject = OneOf("a", "b", "c", "*", "a*", "").Array[1, 4].Select(static tokens => string.Join('.', tokens));

    [Fact]
    public void Tree_MatchesAsTheNaiveMatcherThroughInsertsAndRemoves()
    {
        Gen.Select(Gen.Select(Pattern, OneOf("", "g", "h")).Array[1, 25], Gen.Int[0, 1000].Array[0, 20], Subject.Array[1, 10]).Sample((wanted, removals, subjects) =>
        {
            var router = new SubjectRouter();
            using var client = new FakeClient(router);
            var live = new List<ClientSubscription>();
            for (int i = 0; i < wanted.Length; i++)
            {
                live.Add(client.Subscribe(wanted[i].Item1, $"s{i}", wanted[i].Item2.Length == 0 ? null : wanted[i].Item2));
                CheckAll(router.Tree, live, subjects);
            }

            foreach (int removal in removals)
            {
                if (live.Count == 0) break;
                ClientSubscription victim = live[removal % live.Count];
                live.Remove(victim);
                Assert.True(router.Tree.Remove(victim));
                CheckAll(router.Tree, live, subjects);
            }
        }, iter: 300);
    }

    [Fact]
    public void RemovedTwice_IsFalse()
    {
        var router = new SubjectRouter();
        using var client = new FakeClient(router);
        ClientSubscription subscription = client.Subscribe("a.*.>");
        Assert.True(router.Tree.Remove(subscription));
        Assert.False(router.Tree.Remove(subscription));
        Assert.Equal(0, router.Tree.GetStatistics().Count);
    }

    [Fact]
    public void Generation_GrowsWithEveryChange()
    {
        var router = new SubjectRouter();
        using var client = new FakeClient(router);
        long first = router.Tree.Generation;
        ClientSubscription subscription = client.Subscribe("a");
        long second = router.Tree.Generation;
        router.Tree.Remove(subscription);
        Assert.True(first < second && second < router.Tree.Generation);
    }

    [Fact]
    public void CachedMatch_IsForgottenWhenAPatternComes()
    {
        var router = new SubjectRouter();
        using var client = new FakeClient(router);
        MessageDispatcher dispatcher = router.CreateDispatcher();
        Assert.Empty(dispatcher.Match("a.b"u8).Plain);
        client.Subscribe("a.*");
        Assert.Single(dispatcher.Match("a.b"u8).Plain);
        client.Subscribe("a.b", "2");
        Assert.Equal(2, dispatcher.Match("a.b"u8).Plain.Length);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static void CheckAll(SubjectTree tree, List<ClientSubscription> live, string[] subjects)
    {
        foreach (string subject in subjects)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(subject);
            MatchResult result = tree.Match(bytes);
            ClientSubscription[] expected = [.. live.Where(one => SubjectRules.Matches(one.Subject, bytes))];
            Assert.Equal(Names(expected.Where(static one => one.QueueGroup is null)), Names(result.Plain));
            string[] expectedGroups = [.. expected.Where(static one => one.QueueGroup is not null)
                .GroupBy(static one => Encoding.ASCII.GetString(one.QueueGroup!)).Select(static group => Names(group)).Order(StringComparer.Ordinal)];
            Assert.Equal(expectedGroups, result.QueueGroups.Select(static group => Names(group.Members)).Order(StringComparer.Ordinal));
        }
    }

    private static string Names(IEnumerable<ClientSubscription> subscriptions) =>
        string.Join(' ', subscriptions.Select(static one => Encoding.ASCII.GetString(one.Sid)).Order(StringComparer.Ordinal));
}
