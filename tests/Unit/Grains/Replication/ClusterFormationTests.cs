using Bayou.Grains.Replication.Formation;
using Bayou.Grains.Replication.Peers;
using Xunit;
using Wire = Bayou.Grains.Replication.Peers.Wire;

namespace Bayou.Unit.Grains.Replication;

public sealed class ClusterFormationTests
{
    private static readonly PeerIdentity A = Identity("a", 1);
    private static readonly PeerIdentity B = Identity("b", 2);
    private static readonly PeerIdentity C = Identity("c", 3);
    private static readonly Guid Bound = new(9, 0, 0, new byte[8]);

    [Fact]
    public void ServerWithoutPeers_FoundsAtOnce()
    {
        var step = Assert.IsType<FormationStep.Found>(new ClusterFormation(A, [], mayFound: true).Decide());
        Assert.Equal([A], step.Founders);
        Assert.NotEqual(Guid.Empty, step.Cluster);
    }

    [Fact]
    public void AllPeersUnformedAndAgreed_EverybodyFoundsTheSameCluster()
    {
        var silos = Three();
        FormationStep.Found[] steps = [.. Exchange(silos, rounds: 3).OfType<FormationStep.Found>()];
        Assert.Equal(3, steps.Length);
        Assert.All(steps, step => Assert.Equal(steps[0].Cluster, step.Cluster));
        Assert.All(steps, step => Assert.Equal([A, B, C], step.Founders));
    }

    [Fact]
    public void OnePeerUnheard_NobodyFounds()
    {
        var silos = Three();
        silos.Remove("c");
        Assert.All(Exchange(silos, rounds: 5), step => Assert.Equal(FormationStep.Wait, step));
    }

    [Fact]
    public void HearingAPeerIsNotEnough_ItMustHaveHeardTheOthersToo()
    {
        var a = new ClusterFormation(A, ["b", "c"], mayFound: true);
        Assert.Equal(FormationStep.Wait, a.OnWord("b", B.Silo, Unformed(B)));
        Assert.Equal(FormationStep.Wait, a.OnWord("c", C.Silo, Unformed(A, B, C)));
        Assert.IsType<FormationStep.Found>(a.OnWord("b", B.Silo, Unformed(A, B, C)));
    }

    [Fact]
    public void PeerThatLostItsDirectoryMeanwhile_HoldsUpTheFounding()
    {
        var a = new ClusterFormation(A, ["b", "c"], mayFound: true);
        PeerIdentity reborn = Identity("b", 22);
        a.OnWord("b", reborn.Silo, Unformed(A, reborn, C));
        Assert.Equal(FormationStep.Wait, a.OnWord("c", C.Silo, Unformed(A, B, C)));
        Assert.IsType<FormationStep.Found>(a.OnWord("c", C.Silo, Unformed(A, reborn, C)));
    }

    [Fact]
    public void FounderThatWasNotThereAtTheFounding_TakesItsPlace()
    {
        var c = new ClusterFormation(C, ["a", "b"], mayFound: true);
        var cluster = Bound;
        var step = Assert.IsType<FormationStep.Found>(c.OnWord("a", A.Silo, Formed(cluster, [A, B, C], [])));
        Assert.Equal(cluster, step.Cluster);
        Assert.Equal([A, B, C], step.Founders);
    }

    [Fact]
    public void SiloWithAnEmptyDirectory_AsksToBeTakenInAndNeverFounds()
    {
        PeerIdentity reborn = Identity("c", 33);
        var c = new ClusterFormation(reborn, ["a", "b"], mayFound: true);
        var cluster = Bound;
        Assert.False(c.Word.Joins);
        Assert.Equal(FormationStep.Wait, c.OnWord("a", A.Silo, Formed(cluster, [A, B, C], [(A, 1), (B, 2), (C, 3)])));
        Assert.True(c.Word.Joins);
        var step = Assert.IsType<FormationStep.Join>(c.OnWord("a", A.Silo, Formed(cluster, [A, B, C], [(A, 1), (B, 2), (reborn, 4)])));
        Assert.Equal(new SiloNumber(4), step.Number);
        Assert.Equal(B, step.Silos[new SiloNumber(2)]);
    }

    [Fact]
    public void RefusedSilo_SaysWhy()
    {
        var c = new ClusterFormation(Identity("c", 33), ["a", "b"], mayFound: true);
        Wire.Formation word = Formed(Bound, [A, B, C], [(A, 1), (B, 2), (C, 3)]);
        word.Refusal = "Another silo is called c, and it is alive.";
        c.OnWord("a", A.Silo, word);
        Assert.Equal(word.Refusal, c.Refusal);
    }

    [Fact]
    public void WordOfSomebodyWhoIsNoConfiguredPeer_CountsForNothing()
    {
        var a = new ClusterFormation(A, ["b"], mayFound: true);
        a.OnWord("stranger", C.Silo, Unformed(C));
        Assert.Equal(A.Name, Assert.Single(a.Word.Unformed).Name);
    }

    [Fact]
    public void FoundersWhoNameDifferentFounders_GiveUp()
    {
        var a = new ClusterFormation(A, ["b", "c"], mayFound: true);
        var b = new ClusterFormation(B, ["a", "d"], mayFound: true);
        var step = Assert.IsType<FormationStep.Contradicted>(a.OnWord("b", B.Silo, b.Word));
        Assert.Contains("of a, b, c", step.Reason, StringComparison.Ordinal);
        Assert.Contains("peer b one of a, b, d", step.Reason, StringComparison.Ordinal);
        Assert.IsType<FormationStep.Contradicted>(b.OnWord("a", A.Silo, a.Word));
    }

    [Fact]
    public void FounderThatOneDoesNotName_IsAContradictionToo()
    {
        var a = new ClusterFormation(A, ["b"], mayFound: true);
        Assert.IsType<FormationStep.Contradicted>(a.OnWord("c", C.Silo, new ClusterFormation(C, ["a", "b"], mayFound: true).Word));
    }

    [Fact]
    public void SiloThatLostTheMetadataOfItsCluster_IsNotCountedOnAndGivesUpWhenNobodyKnowsTheCluster()
    {
        var silos = Three();
        silos["b"] = new ClusterFormation(B, ["a", "c"], mayFound: true, Bound);
        Assert.DoesNotContain(silos["b"].Word.Unformed, static silo => silo.Name == B.Name);
        Assert.Equal(FormationStep.Wait, silos["b"].Decide());
        List<FormationStep> steps = Exchange(silos, rounds: 5);
        Assert.IsType<FormationStep.Orphaned>(Assert.Single(steps, static step => step != FormationStep.Wait));
    }

    [Fact]
    public void SiloThatLostTheMetadataOfItsCluster_TakesItsPlaceThereAndNowhereElse()
    {
        var b = new ClusterFormation(B, ["a", "c"], mayFound: true, Bound);
        var step = Assert.IsType<FormationStep.Found>(b.OnWord("a", A.Silo, Formed(Bound, [A, B, C], [])));
        Assert.Equal(Bound, step.Cluster);
        b = new ClusterFormation(B, ["a", "c"], mayFound: true, Bound);
        Assert.IsType<FormationStep.Orphaned>(b.OnWord("a", A.Silo, Formed(new Guid(10, 0, 0, new byte[8]), [A, B, C], [])));
    }

    [Fact]
    public void SiloOfNoPeersThatLostTheMetadata_WaitsForOneThatKnowsThem()
    {
        var a = new ClusterFormation(A, [], mayFound: true, Bound);
        Assert.Equal(FormationStep.Wait, a.Decide());
        Assert.Contains(Bound.ToString(), a.Outlook, StringComparison.Ordinal);
    }

    [Fact]
    public void Outlook_NamesThePeersThatAreMissing()
    {
        var a = new ClusterFormation(A, ["b", "c"], mayFound: true);
        Assert.Contains("for b and c to form", a.Outlook, StringComparison.Ordinal);
        a.OnWord("b", B.Silo, Unformed(B));
        Assert.Contains("for c to form", a.Outlook, StringComparison.Ordinal);
        a.OnWord("c", C.Silo, Unformed(C));
        Assert.Contains("find each other", a.Outlook, StringComparison.Ordinal);
    }

    private static PeerIdentity Identity(string name, int number) => new(name, new Guid(number, 0, 0, new byte[8]));

    private static Dictionary<string, ClusterFormation> Three() => new(StringComparer.Ordinal)
    {
        ["a"] = new ClusterFormation(A, ["b", "c"], mayFound: true),
        ["b"] = new ClusterFormation(B, ["a", "c"], mayFound: true),
        ["c"] = new ClusterFormation(C, ["a", "b"], mayFound: true),
    };

    /// <summary>Everybody tells everybody, so many times; the last step of each.</summary>
    private static List<FormationStep> Exchange(Dictionary<string, ClusterFormation> silos, int rounds)
    {
        var identities = new Dictionary<string, PeerIdentity>(StringComparer.Ordinal) { ["a"] = A, ["b"] = B, ["c"] = C };
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string from, ClusterFormation sender) in silos)
            {
                Wire.Formation word = sender.Word;
                foreach ((string to, ClusterFormation receiver) in silos)
                {
                    if (to != from) receiver.OnWord(from, identities[from].Silo, word);
                }
            }
        }

        return [.. silos.Values.Select(silo => silo.Decide())];
    }

    private static Wire.Formation Unformed(params PeerIdentity[] seen)
    {
        var word = new Wire.Formation();
        word.Unformed.Add(seen.Select(identity => ClusterFormation.ToWire(identity, SiloNumber.None)));
        return word;
    }

    private static Wire.Formation Formed(Guid cluster, PeerIdentity[] founders, (PeerIdentity Identity, ulong Number)[] silos)
    {
        var word = new Wire.Formation { Cluster = Google.Protobuf.ByteString.CopyFrom(cluster.ToByteArray()) };
        word.Founders.Add(founders.Select(identity => ClusterFormation.ToWire(identity, SiloNumber.None)));
        word.Silos.Add(silos.Select(silo => ClusterFormation.ToWire(silo.Identity, new SiloNumber(silo.Number))));
        return word;
    }
}
